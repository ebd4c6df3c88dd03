
-- Key: the user's index. The step that has it, the latest that had it, and all that may be in it.
local answer = members()
table.insert(answer, 1, redis.call('HGET', index, LATEST) or '')
table.insert(answer, 1, redis.call('HGET', index, STEP) or '')
return answer
