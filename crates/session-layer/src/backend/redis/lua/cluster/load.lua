
-- Key: the session's.
local value, other = find(KEYS[1])
return value or other
