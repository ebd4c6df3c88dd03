
-- Key: the session's.
local value, other = find(KEYS[1])
if not value then return other end
redis.call('SET', KEYS[1], 'E', 'PX', TOMBSTONE_LIFE)
return value
