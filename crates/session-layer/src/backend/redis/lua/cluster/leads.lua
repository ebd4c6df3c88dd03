
-- Whether it has decided: 1 if it was renewed, 2 if it was replaced. Key: the old one. Arguments:
-- prefix, the new key.
local value = redis.call('GET', KEYS[1])
if not value or not is_alias(value) or string.sub(value, 10) ~= ARGV[2] then return 0 end
if struct.unpack('>I8', value, 2) > 0 then return 1 end
return 2
