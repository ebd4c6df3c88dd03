
-- Keys: the session's.
local key = KEYS[1]
local value, other = find(key)
if not value then return other end
local user, index = user_of(value), nil
if user ~= '' then index = users .. user end
finish(other or member_of(key), index)
return found(value, other)
