
-- How long a session lives if nothing happens; zero for none. Key: the session's.
local first = redis.pcall('GETRANGE', KEYS[1], 0, 0)
if first ~= 'S' and first ~= HELD then return 0 end
return math.max(redis.call('PTTL', KEYS[1]), 1)
