-- What a session's key holds. All numbers are big-endian, all times in ms since 1970.
--   a session: 'S', then what a change replaces: version (8 bytes), length of the payload (4), last
--     seen (8); then what it keeps: created, idle, ends, due (8 each), length of the user (1),
--     user; then the payload
--   an alias, where a renewed session was: 'A', until when it leads (8 bytes), the new key
--   a tombstone: 'E' for ended, 'X' for superseded
-- Due is when the set of the live has it to be looked at, or was told to.
local ABSENT, SUPERSEDED, CORRUPT, TAKEN, FULL = 0, -1, -2, -3, -4
local DONE = 1
local TOMBSTONE_LIFE = 120000
-- How long what has expired waits for a sweep, which tells of it; then others remove it.
local SWEEP_WAIT = 600000

local sessions, users = ARGV[1] .. 's:', ARGV[1] .. 'u:'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_session(value)
  if #value < 54 or string.byte(value) ~= 83 then return false end
  return #value == 54 + string.byte(value, 54) + struct.unpack('>I4', value, 10)
end

local function is_alias(value)
  return #value == 52 and string.byte(value) == 65
end

local function user_of(value)
  return string.sub(value, 55, 54 + string.byte(value, 54))
end

local function member_of(key)
  return string.sub(key, #sessions + 1)
end
