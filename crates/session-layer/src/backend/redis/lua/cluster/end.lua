
-- Ends a user's session, also one that is only about to be. Key: the session's. Arguments: prefix,
-- user.
local key = KEYS[1]
local value, other = find(key)
if value and user_of(value) ~= ARGV[2] then return ABSENT end
if value or type(other) == 'table' and other[1] == 'N' then
  redis.call('SET', key, 'E', 'PX', TOMBSTONE_LIFE)
  return DONE
end
-- Whoever creates it will find that it has ended.
if other == ABSENT and redis.call('SET', key, 'R', 'NX', 'PX', TOMBSTONE_LIFE) then return DONE end
return other
