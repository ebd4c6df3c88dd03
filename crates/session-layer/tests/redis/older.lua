-- Makes all that there is older by so many milliseconds, or all whose name starts so.
local by = tonumber(ARGV[1])

local function earlier(key, place)
  local time = struct.unpack('>I8', redis.call('GETRANGE', key, place, place + 7))
  redis.call('SETRANGE', key, place, struct.pack('>I8', math.max(time - by, 0)))
end

-- Where the times are, by the first byte.
local times = { S = { 13, 21, 37, 45 }, A = { 1 }, N = { 57, 65, 81, 89 } }

-- In a cluster, the index of a user has microseconds and milliseconds.
local function earlier_entry(key, member)
  local entry = redis.call('HGET', key, member)
  local order, registered = string.match(entry, '^(%d+):(%d+)$')
  entry = string.format('%d:%d', order - by * 1000, registered - by)
  redis.call('HSET', key, member, entry)
end

local function age(key)
  local type = redis.call('TYPE', key).ok
  if type == 'hash' then
    for _, member in ipairs(redis.call('HKEYS', key)) do earlier_entry(key, member) end
    return
  end
  if type == 'string' then
    local first = redis.call('GETRANGE', key, 0, 0)
    for _, place in ipairs(times[first] or {}) do earlier(key, place) end
    return
  end
  -- The index of a user has microseconds.
  local unit = string.find(key, ':live') and 1 or 1000
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    redis.call('ZINCRBY', key, -by * unit, member)
  end
end

for _, key in ipairs(redis.call('KEYS', (ARGV[2] or '') .. '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= by then
    redis.call('DEL', key)
  else
    age(key)
    redis.call('PEXPIRE', key, left - by)
  end
end
