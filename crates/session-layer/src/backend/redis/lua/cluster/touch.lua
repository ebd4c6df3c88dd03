
-- Key: the session's. When the set of the live is to look at it, and how long it will have lived then,
-- unless that is when it was told to.
local key = KEYS[1]
local value, other = find(key)
if not value then return other end
local created, idle, ends, due = struct.unpack('>I8I8I8I8', value, 22)
local expires = math.min(now + idle, ends)
redis.call('PEXPIREAT', key, expires)
redis.call('SETRANGE', key, 13, struct.pack('>I8', now))
if not is_overdue(due, idle, expires) then return DONE end
redis.call('SETRANGE', key, 45, struct.pack('>I8', expires))
return { DONE, expires, math.max(expires - created, 0), 0 }
