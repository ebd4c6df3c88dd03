
-- Registers a session's new key in the old one's place. Key: the user's index. Arguments: prefix, the
-- old key, the new key, created, ends.
local entry = redis.call('HGET', index, ARGV[2])
local order = string.format('%d', tonumber(ARGV[4]) * 1000)
if entry then order = string.match(entry, '^%d+') end
register(ARGV[3], order)
keep(index, tonumber(ARGV[5]))
return DONE
