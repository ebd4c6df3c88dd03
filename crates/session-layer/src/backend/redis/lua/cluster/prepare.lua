
-- What the session will be under its new key. Key: the new one. Arguments: prefix, the old key, head,
-- created (0 for now), idle, ends (0 for absolute from now on), absolute, user, payload, how long to
-- wait.
local former = redis.call('GET', KEYS[1])
if former and former ~= 'R' then return TAKEN end
if former then
  redis.call('SET', KEYS[1], 'E', 'PX', TOMBSTONE_LIFE)
  return ENDED
end
local created, idle, ends = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if created == 0 then created = now end
if ends == 0 then ends = now + tonumber(ARGV[7]) end
local expires, user = math.min(now + idle, ends), ARGV[8]
local times = struct.pack('>I8I8I8I8I8B', now, created, idle, ends, expires, #user)
redis.call('SET', KEYS[1], 'N' .. ARGV[2] .. ARGV[3] .. times .. user .. ARGV[9],
  'PX', tonumber(ARGV[10]) + TOMBSTONE_LIFE)
return DONE
