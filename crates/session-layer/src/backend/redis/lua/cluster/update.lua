
-- Key: the session's.
-- Arguments: prefix, head up to the version that was read, the new head, payload, and idle and
-- absolute if they are new.
-- When the set of the live is to look at it (0 for when it was told to), how long it will have lived
-- then, and when it ends if that is new.
local key = KEYS[1]
local value, other = find(key)
if not value then return other end
if string.sub(value, 1, 9) ~= ARGV[2] then return value end
local created, idle, ends, due = struct.unpack('>I8I8I8I8', value, 22)
if ARGV[5] then idle, ends, due = tonumber(ARGV[5]), now + tonumber(ARGV[6]), 0 end
local expires = math.min(now + idle, ends)
local overdue = is_overdue(due, idle, expires)
if overdue then due = expires end
store(key, ARGV[3], now, created, idle, ends, due, user_of(value), ARGV[4])
return { DONE, overdue and due or 0, math.max(due - created, 0), ARGV[5] and ends or 0 }
