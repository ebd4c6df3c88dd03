
-- Keys: the session's, the user's index if it has one.
-- Arguments: prefix, user, payload, idle, absolute, cap (0 for none), policy, head.
local key, index = KEYS[1], KEYS[2]
if redis.call('EXISTS', key) == 1 then return TAKEN end
local ended = {}
if index then ended = surplus(index, cap, policy) end
if not ended then return FULL end
begin(key, index, ended)
return done(ended)
