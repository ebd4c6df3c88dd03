
-- Key: a set of the live. Arguments: prefix, then in fours a key, its score, how long it lives, and will
-- have lived then, as `life.lua` has it. How many were removed, and how long each of those had lived
-- that have expired.
local answer = { 0 }
for place = 2, #ARGV, 4 do
  local member, score = ARGV[place], tonumber(ARGV[place + 1])
  local life, lived = tonumber(ARGV[place + 2]), tonumber(ARGV[place + 3])
  local there = redis.call('ZSCORE', KEYS[1], member)
  if there and tonumber(there) == score then
    if life > 0 then
      local expires = now + life
      local again = lived > 0 and score_of(expires, lived) or expires + score % 1
      redis.call('ZADD', KEYS[1], again, member)
    else
      redis.call('ZREM', KEYS[1], member)
      answer[1] = answer[1] + 1
      if life == 0 then answer[#answer + 1] = lived_by(score) end
    end
  end
end
return answer
