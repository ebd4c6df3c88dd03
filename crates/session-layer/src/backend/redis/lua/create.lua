
-- Keys: the session's, the live ones, the user's index if it has one.
-- Arguments: prefix, user, payload, idle, absolute, cap (0 for none), policy, head.
local key, live, index = KEYS[1], KEYS[2], KEYS[3]
if redis.call('EXISTS', key) == 1 then return TAKEN end
local ended = {}
if index then ended = surplus(index, cap, policy) end
if not ended then return FULL end
begin(key, live, index, ended)
return done(ended)
