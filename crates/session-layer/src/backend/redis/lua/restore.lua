
-- Keys: the session's, the live ones, the user's index if it has one.
-- Arguments: prefix, user, payload, head, last seen, created, idle, ends.
local key, live, index = KEYS[1], KEYS[2], KEYS[3]
local user, payload, head = ARGV[2], ARGV[3], ARGV[4]
local seen, created = tonumber(ARGV[5]), tonumber(ARGV[6])
local idle, ends = tonumber(ARGV[7]), tonumber(ARGV[8])
local member, expires = member_of(key), math.min(seen + idle, ends)
if expires <= now then return ABSENT end

local value = redis.call('GET', key)
if value == 'E' or value == 'X' or value and is_alias(value) then return TAKEN end
if value and not is_session(value) then return CORRUPT end
if value and struct.unpack('>I8', value, 2) > struct.unpack('>I8', head, 2) then return TAKEN end

store(key, head, seen, created, idle, ends, expires, user, payload)
redis.call('ZADD', live, score_of(expires, expires - created), member)
keep(live, ends + SWEEP_WAIT)
local user_before = value and user_of(value) or ''
if user_before ~= '' then redis.call('ZREM', users .. user_before, member) end
if index then
  thin(index)
  redis.call('ZADD', index, created * 1000, member)
  keep(index, ends)
end
look(live, SWEEP_WAIT, 2)
return DONE
