
-- Takes a key for a step, for `life` ms at least, and says how long it may be so.
local function hold(key, step, left, before, life)
  life = math.max(redis.call('PTTL', key), life, TOMBSTONE_LIFE)
  local value = HELD .. step .. struct.pack('>I4', #left) .. left .. before
  redis.call('SET', key, value, 'PX', life)
  return { DONE, life }
end

local function session_of(head, seen, created, idle, ends, user, payload)
  local due = math.min(seen + idle, ends)
  return head .. struct.pack('>I8I8I8I8I8B', seen, created, idle, ends, due, #user) .. user .. payload
end
