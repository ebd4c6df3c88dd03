
-- Keys: the session's, the live ones.
-- In this order it is taken even by a full Redis.
local key, live = KEYS[1], KEYS[2]
local value = redis.call('GET', key)
if not value or value == 'E' or value == 'X' or is_alias(value) then return ABSENT end
if not is_session(value) then return CORRUPT end
local created, idle, ends, due = struct.unpack('>I8I8I8I8', value, 22)
local expires = math.min(now + idle, ends)
redis.call('PEXPIREAT', key, expires)
redis.call('SETRANGE', key, 13, struct.pack('>I8', now))
if is_overdue(due, idle, expires) then
  redis.call('SETRANGE', key, 45, struct.pack('>I8', expires))
  redis.call('ZADD', live, score_of(expires, expires - created), member_of(key))
end
return DONE
