
-- Creates a session that nothing else has to happen with. Key: the session's. Arguments: prefix,
-- user, payload, idle, absolute, head.
local key = KEYS[1]
if redis.call('EXISTS', key) == 1 then return taken_by(key) end
local idle, ends = tonumber(ARGV[4]), now + tonumber(ARGV[5])
store(key, ARGV[6], now, now, idle, ends, math.min(now + idle, ends), ARGV[2], ARGV[3])
return DONE
