
-- Key: the session's. Arguments: prefix, user, payload, idle, absolute, head.
local key, user, payload = KEYS[1], ARGV[2], ARGV[3]
local former = redis.call('GET', key)
if former and former ~= 'R' then return TAKEN end
if former then
  redis.call('SET', key, 'E', 'PX', TOMBSTONE_LIFE)
  return ENDED
end
local idle, ends = tonumber(ARGV[4]), now + tonumber(ARGV[5])
local expires = math.min(now + idle, ends)
store(key, ARGV[6], now, idle, ends, expires, user, payload)
return DONE
