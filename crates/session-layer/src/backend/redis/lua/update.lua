
-- Keys: the session's, the live ones.
-- Arguments: prefix, head up to the version that was read, the new head, payload, and idle and
-- absolute if they are new.
local value, other = find(key)
if not value then return other end
if other or string.sub(value, 1, 9) ~= ARGV[2] then return found(value, other) end

local created, idle, ends, due = struct.unpack('>I8I8I8I8', value, 22)
local user, live = user_of(value), KEYS[2]
if ARGV[5] then idle, ends, due = tonumber(ARGV[5]), now + tonumber(ARGV[6]), 0 end
local expires = math.min(now + idle, ends)
local overdue = is_overdue(due, idle, expires)
if overdue then due = expires end
store(key, ARGV[3], now, created, idle, ends, due, user, ARGV[4])
if overdue then redis.call('ZADD', live, score_of(due, due - created), member_of(key)) end
if ARGV[5] then
  keep(live, ends + SWEEP_WAIT)
  if user ~= '' then keep(users .. user, ends) end
end
return DONE
