
-- Keys: the user's index. Arguments: the user. Records that can't be read are left as they are, and
-- out.
local index, answer = KEYS[1], {}
for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local value = redis.pcall('GET', sessions .. member)
  if type(value) == 'string' and is_session(value) and user_of(value) == ARGV[2] then
    answer[#answer + 1] = member
    answer[#answer + 1] = value
  else
    redis.call('ZREM', index, member)
  end
end
return answer
