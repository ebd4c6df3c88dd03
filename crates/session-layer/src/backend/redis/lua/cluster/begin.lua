
-- Takes a key for a session that begins if the step is done. Key: the session's. Arguments: prefix,
-- the step, user, payload, head, created (0 for now), idle, ends (0 for absolute from now on),
-- absolute.
local key = KEYS[1]
if redis.call('EXISTS', key) == 1 then return taken_by(key) end
local created, idle, ends = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if created == 0 then created = now end
if ends == 0 then ends = now + tonumber(ARGV[9]) end
local session = session_of(ARGV[5], now, created, idle, ends, ARGV[3], ARGV[4])
return hold(key, ARGV[2], session, '', math.min(idle, ends - now))
