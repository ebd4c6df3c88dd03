
-- Keeps an alias for longer than a tombstone. Key: the old one. Arguments: prefix, how long after its
-- grace.
local key, value = KEYS[1], redis.call('GET', KEYS[1])
if is_alias(value or '') then
  local grace = math.max(struct.unpack('>I8', value, 2) - now, 0)
  redis.call('PEXPIRE', key, grace + ARGV[2])
end
return DONE
