
-- Whether the user has it: a key that has expired may have become another's since. Without an error
-- where somebody put something else than a string.
local function is_theirs(member)
  local head = redis.pcall('GETRANGE', sessions .. member, 0, 308)
  if type(head) ~= 'string' or #head < 54 or string.byte(head) ~= 83 then return false end
  return user_of(head) == ARGV[2]
end

-- In the order in which sessions are registered, even if two are within a microsecond.
local function register(index, member)
  local order = time[1] * 1000000 + time[2]
  local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')[2]
  if last and tonumber(last) >= order then order = last + 1 end
  redis.call('ZADD', index, order, member)
end

-- Drops some that have expired: more than one create adds, on the average.
local function thin(index)
  for _, member in ipairs(redis.call('ZRANDMEMBER', index, 3)) do
    if not is_theirs(member) then redis.call('ZREM', index, member) end
  end
end

-- Which of a user's sessions have to end for one more, a member to leave out aside; nil if none
-- may be ended. It reads only.
local function surplus(index, cap, policy, aside)
  local oldest = {}
  if cap == 0 or redis.call('ZCARD', index) < cap then return oldest end
  for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if member ~= aside and is_theirs(member) then oldest[#oldest + 1] = member end
  end
  local over = #oldest + 1 - cap
  if over > 0 and policy == 'refuse' then return nil end
  for place = #oldest, math.max(over, 0) + 1, -1 do oldest[place] = nil end
  return oldest
end
