
-- Lets go of a user's index, and drops sessions from it that are over. Key: the index. Arguments:
-- prefix, the step, and their keys.
if redis.call('HGET', index, STEP) ~= ARGV[2] then return 0 end
redis.call('HDEL', index, STEP)
for place = 3, #ARGV do redis.call('HDEL', index, ARGV[place]) end
return DONE
