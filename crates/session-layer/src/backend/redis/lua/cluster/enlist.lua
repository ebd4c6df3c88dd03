
-- Key: a set of the live. Arguments: prefix, key, when to look at it, when it ends (0 for as before).
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
if ARGV[4] ~= '0' then keep(KEYS[1], tonumber(ARGV[4])) end
return DONE
