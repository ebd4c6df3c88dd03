
-- Has a new session looked at when it is due. Key: a set of the live. Arguments: prefix, its key, created
-- (0 for now), idle, ends (0 for absolute from now on), absolute, how many to name that nobody has
-- swept.
local created, idle, ends = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if created == 0 then created = now end
if ends == 0 then ends = now + tonumber(ARGV[6]) end
local expires = math.min(now + idle, ends)
redis.call('ZADD', KEYS[1], score_of(expires, expires - created), ARGV[2])
keep(KEYS[1], ends + SWEEP_WAIT)
return due_for(KEYS[1], SWEEP_WAIT, ARGV[7])
