-- What most updates are, before anything else is prepared: of the version that was read, without a
-- new lifetime, and not yet overdue in the set of the live. `update.lua` does the others.
local key = KEYS[1]
local value = redis.call('GET', key)
if value and not ARGV[5] and #value >= 54 and string.sub(value, 1, 9) == ARGV[2] then
  local idle, ends, due, user = struct.unpack('>I8I8I8B', value, 30)
  if #value == 54 + user + struct.unpack('>I4', value, 10) then
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local expires = math.min(now + idle, ends)
    if expires >= due and expires <= due + idle / 16 then
      redis.call('SET', key,
        ARGV[3] .. struct.pack('>I8', now) .. string.sub(value, 22, 54 + user) .. ARGV[4],
        'PXAT', expires)
      return 1
    end
  end
end

