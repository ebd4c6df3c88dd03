
-- Takes a user's index for a step and registers a session that may begin; or says which step has it.
-- Key: the index. Arguments: prefix, the step, the session's key, ends (0 for absolute from now on),
-- absolute, cap (0 for none). One if it was not registered, and then all others if the cap is
-- reached, or otherwise some.
local step, member, ends, cap = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[6])
local holder = redis.call('HGET', index, STEP)
if holder and holder ~= step then return holder end
local others = {}
if redis.call('EXISTS', index) == 1 then
  if cap > 0 then others = members() end
  if #others < math.max(cap, 1) then others = redis.call('HRANDFIELD', index, 5) end
end
local answer = { redis.call('HSET', index, member, '') }
redis.call('HSET', index, STEP, step, LATEST, step)
if ends == 0 then ends = now + tonumber(ARGV[5]) end
-- The clocks of nodes differ.
keep(index, math.max(ends, now) + TOMBSTONE_LIFE)
for _, other in ipairs(others) do
  if is_member(other) and other ~= member then answer[#answer + 1] = other end
end
return answer
