
-- Key: a set of the live. Arguments: prefix, then in threes a key, when it was due, and how long it
-- lives (0 for not at all). How many were removed.
local removed = 0
for place = 2, #ARGV, 3 do
  local member, due, life = ARGV[place], ARGV[place + 1], tonumber(ARGV[place + 2])
  local score = redis.call('ZSCORE', KEYS[1], member)
  if score and tonumber(score) == tonumber(due) then
    if life > 0 then
      redis.call('ZADD', KEYS[1], now + life, member)
    else
      redis.call('ZREM', KEYS[1], member)
      removed = removed + 1
    end
  end
end
return removed
