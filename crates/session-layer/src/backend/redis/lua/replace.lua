
-- Keys: the old one, the new one, the new user's index if it has one.
-- Arguments: prefix, user, payload, idle, absolute, cap (0 for none), policy, head,
-- and the head of the session that is replaced, up to its version.
local key, to, index = KEYS[1], KEYS[2], KEYS[3]
local value, other = find(key)
if not value then return other end
if other or string.sub(value, 1, 9) ~= ARGV[9] then return found(value, other) end
if redis.call('EXISTS', to) == 1 then return TAKEN end
local old, ended = member_of(key), {}
if index then ended = surplus(index, cap, policy, old) end
if not ended then return FULL end
begin(to, index, ended)
redis.call('SET', key, 'X', 'PX', TOMBSTONE_LIFE)
redis.call('ZREM', live_of(old), old)
local user_before = user_of(value)
if user_before ~= '' then redis.call('ZREM', users .. user_before, old) end
return done(ended)
