
-- Writes a session; the head is 'S', the version and the length of the payload.
local function store(key, head, seen, created, idle, ends, due, user, payload)
  local times = struct.pack('>I8I8I8I8I8B', seen, created, idle, ends, due, #user)
  redis.call('SET', key, head .. times .. user .. payload, 'PXAT', math.min(seen + idle, ends))
end

-- Keeps an index at least as long as what it names.
local function keep(index, ends)
  if redis.call('PTTL', index) < ends - now then redis.call('PEXPIREAT', index, ends) end
end
