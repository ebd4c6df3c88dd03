
-- Looks at sessions that are due: removes those that have expired, and makes the others due when
-- they expire. How many it has looked at, and removed.
local function look(live, limit)
  local due = redis.call('ZRANGEBYSCORE', live, '-inf', now, 'LIMIT', 0, limit)
  local removed = 0
  for _, member in ipairs(due) do
    local key = sessions .. member
    if redis.pcall('GETRANGE', key, 0, 0) == 'S' then
      redis.call('ZADD', live, now + math.max(redis.call('PTTL', key), 1), member)
    else
      redis.call('ZREM', live, member)
      removed = removed + 1
    end
  end
  return #due, removed
end

-- Whether a session is to be given a new time in the set of the live: a sixteenth of the idle
-- time after the last one was given, so that most changes cost nothing there.
local function is_overdue(due, idle, expires)
  return expires < due or expires > due + idle / 16
end
