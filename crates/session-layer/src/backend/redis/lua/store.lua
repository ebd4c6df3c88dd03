
-- Writes a session; the version is 8 bytes.
local function store(key, version, created, idle, ends, due, user, payload)
  local numbers = struct.pack('>I8I8I8I8I8BI4', created, now, idle, ends, due, #user, #payload)
  redis.call('SET', key, 'S' .. version .. numbers .. user .. payload,
    'PXAT', math.min(now + idle, ends))
end

-- Keeps an index at least as long as what it names.
local function keep(index, ends)
  if redis.call('PTTL', index) < ends - now then redis.call('PEXPIREAT', index, ends) end
end
