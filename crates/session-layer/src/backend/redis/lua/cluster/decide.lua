
-- Decides whether a step is done, unless that was decided before, and says what was. Key: the step's.
-- Arguments: prefix, 'D' for done or 'G' for given up, how long that is remembered.
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then return ARGV[2] end
return redis.call('GET', KEYS[1])
