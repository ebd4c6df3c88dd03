
-- Has a new session looked at when it is due. Key: a set of the live. Arguments: prefix, its key, idle,
-- ends (0 for absolute from now on), absolute, how many to name that are due, with when they are.
local idle, ends = tonumber(ARGV[3]), tonumber(ARGV[4])
if ends == 0 then ends = now + tonumber(ARGV[5]) end
redis.call('ZADD', KEYS[1], math.min(now + idle, ends), ARGV[2])
keep(KEYS[1], ends)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[6])
