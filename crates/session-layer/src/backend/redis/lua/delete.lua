
-- Keys: the session's, the live ones.
local key, live = KEYS[1], KEYS[2]
local value, other = find(key)
if not value then return other end
local user, index = user_of(value), nil
if user ~= '' then index = users .. user end
finish(live, other or member_of(key), index)
return found(value, other)
