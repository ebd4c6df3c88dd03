
-- What was pending is a session from now on. Key: the new one. Arguments: prefix, the old key.
local value = redis.call('GET', KEYS[1])
if not value or not is_pending(value) or string.sub(value, 2, 44) ~= ARGV[2] then return 0 end
local session = string.sub(value, 45)
local seen, _, idle, ends = struct.unpack('>I8I8I8I8', session, 14)
redis.call('SET', KEYS[1], session, 'PXAT', math.min(seen + idle, ends))
return 1
