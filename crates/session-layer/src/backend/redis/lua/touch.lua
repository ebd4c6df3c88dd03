
-- Keys: the session's.
-- In this order it is taken even by a full Redis.
local key = KEYS[1]
local value = redis.call('GET', key)
if not value or value == 'E' or value == 'X' or is_alias(value) then return ABSENT end
if not is_session(value) then return CORRUPT end
local created, idle, ends, due = struct.unpack('>I8I8I8I8', value, 22)
local expires = math.min(now + idle, ends)
redis.call('PEXPIREAT', key, expires)
redis.call('SETRANGE', key, 13, struct.pack('>I8', now))
if is_overdue(due, idle, expires) then
  redis.call('SETRANGE', key, 45, struct.pack('>I8', expires))
  local member = member_of(key)
  redis.call('ZADD', live_of(member), score_of(expires, expires - created), member)
end
return DONE
