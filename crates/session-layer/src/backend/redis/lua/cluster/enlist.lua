
-- Key: a set of the live. Arguments: prefix, key, when to look at it, how long it will have lived then,
-- when it ends (0 for as before).
redis.call('ZADD', KEYS[1], score_of(tonumber(ARGV[3]), tonumber(ARGV[4])), ARGV[2])
if ARGV[5] ~= '0' then keep(KEYS[1], ARGV[5] + SWEEP_WAIT) end
return DONE
