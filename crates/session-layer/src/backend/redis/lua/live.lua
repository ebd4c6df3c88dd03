
-- Some that have been due for so long, and their scores.
local function due_for(live, ago, limit)
  return redis.call('ZRANGEBYSCORE', live, '-inf', '(' .. (now - ago + 1), 'WITHSCORES',
    'LIMIT', 0, limit)
end

-- Looks at sessions that have been due for so long: removes those that have expired, and makes the others
-- due when they expire. How many it has looked at, and removed, and how long each of those had lived
-- that have expired.
local function look(live, ago, limit)
  local found, removed, lived = due_for(live, ago, limit), 0, {}
  for place = 1, #found, 2 do
    local member, score = found[place], found[place + 1]
    local key = sessions .. member
    local head = redis.pcall('GETRANGE', key, 0, 28)
    if type(head) == 'string' and #head == 29 and string.byte(head) == 83 then
      local expires = now + math.max(redis.call('PTTL', key), 1)
      local created = struct.unpack('>I8', head, 22)
      redis.call('ZADD', live, score_of(expires, expires - created), member)
    else
      redis.call('ZREM', live, member)
      removed = removed + 1
      if head == '' then lived[#lived + 1] = lived_by(score) end
    end
  end
  return #found / 2, removed, lived
end

-- Whether a session is to be given a new time in the set of the live: a sixteenth of the idle
-- time after the last one was given, so that most changes cost nothing there.
local function is_overdue(due, idle, expires)
  return expires < due or expires > due + idle / 16
end
