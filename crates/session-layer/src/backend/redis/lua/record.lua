-- What a session's key holds. All numbers are big-endian, all times in ms since 1970.
--   a session: 'S', then version, created, last seen, idle, ends, due (8 bytes each), the length
--     of the user (1 byte) and of the payload (4 bytes), user, payload
--   an alias, where a renewed session was: 'A', until when it leads (8 bytes), the new key
--   a tombstone: 'E' for ended, 'X' for superseded
-- Due is its score in the set of the live: at that time, or later, it is to be looked at.
local ABSENT, SUPERSEDED, CORRUPT, TAKEN, FULL = 0, -1, -2, -3, -4
local DONE = 1
local TOMBSTONE_LIFE = 120000

local sessions, users = ARGV[1] .. 's:', ARGV[1] .. 'u:'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_session(value)
  if #value < 54 or string.byte(value) ~= 83 then return false end
  local user, payload = struct.unpack('>BI4', value, 50)
  return #value == 54 + user + payload
end

local function is_alias(value)
  return #value == 52 and string.byte(value) == 65
end

local function user_of(value)
  return string.sub(value, 55, 54 + string.byte(value, 50))
end

local function member_of(key)
  return string.sub(key, #sessions + 1)
end
