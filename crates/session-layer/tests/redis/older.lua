-- Makes all that there is older by so many milliseconds, or all whose name starts so.
local by = tonumber(ARGV[1])

local function earlier(key, place)
  local time = struct.unpack('>I8', redis.call('GETRANGE', key, place, place + 7))
  redis.call('SETRANGE', key, place, struct.pack('>I8', math.max(time - by, 0)))
end

-- Where the times are, by the first byte.
local times = { S = { 13, 21, 37, 45 }, A = { 1 } }

local function earlier_at(key, begin)
  local first = redis.call('GETRANGE', key, begin, begin)
  for _, place in ipairs(times[first] or {}) do earlier(key, begin + place) end
end

-- In a cluster, what a step has taken has what is to be left, and what was there.
local function earlier_parts(key)
  local length = struct.unpack('>I4', redis.call('GETRANGE', key, 61, 64))
  if length > 1 then earlier_at(key, 65) end
  earlier_at(key, 65 + length)
end

local function age(key)
  local type = redis.call('TYPE', key).ok
  -- In a cluster, the index of a user has no times.
  if type == 'hash' then return end
  if type == 'string' then
    local first = redis.call('GETRANGE', key, 0, 0)
    if first == 'P' then return earlier_parts(key) end
    for _, place in ipairs(times[first] or {}) do earlier(key, place) end
    return
  end
  -- The index of a user has microseconds.
  local is_live = string.find(key, ':live') or string.find(key, ':beside')
  local unit = is_live and 1 or 1000
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
