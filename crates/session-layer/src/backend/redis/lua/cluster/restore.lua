
-- Takes a key for a session from elsewhere. Key: the session's. Arguments: prefix, the step, user,
-- payload, head, last seen, created, idle, ends.
local key, head = KEYS[1], ARGV[5]
local seen, created = tonumber(ARGV[6]), tonumber(ARGV[7])
local idle, ends = tonumber(ARGV[8]), tonumber(ARGV[9])
local expires = math.min(seen + idle, ends)
if expires <= now then return ABSENT end
local value, other = find(key)
if not value and redis.call('EXISTS', key) == 1 then
  if type(other) == 'table' and other[1] == HELD or other == CORRUPT then return other end
  return TAKEN
end
if value and struct.unpack('>I8', value, 2) > struct.unpack('>I8', head, 2) then return TAKEN end
local session = session_of(head, seen, created, idle, ends, ARGV[3], ARGV[4])
return hold(key, ARGV[2], session, value or '', expires - now)
