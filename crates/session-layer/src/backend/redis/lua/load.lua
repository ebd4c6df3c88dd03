
-- Keys: the session's.
local value, other = find(KEYS[1])
if not value then return other end
return found(value, other)
