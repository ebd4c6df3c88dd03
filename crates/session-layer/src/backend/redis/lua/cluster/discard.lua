
-- What was pending will be none. Key: the new one. Arguments: prefix, the old key.
local value = redis.call('GET', KEYS[1])
if value and is_pending(value) and string.sub(value, 2, 44) == ARGV[2] then
  redis.call('DEL', KEYS[1])
end
return DONE
