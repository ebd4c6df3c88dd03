
local user, payload = ARGV[2], ARGV[3]
local idle, ends = tonumber(ARGV[4]), now + tonumber(ARGV[5])
local cap, policy, head = tonumber(ARGV[6]), ARGV[7], ARGV[8]

local function begin(key, live, index, ended)
  local member, expires = member_of(key), math.min(now + idle, ends)
  store(key, head, now, now, idle, ends, expires, user, payload)
  redis.call('ZADD', live, score_of(expires, expires - now), member)
  keep(live, ends + SWEEP_WAIT)
  for _, other in ipairs(ended) do finish(live, other, index) end
  if index then
    thin(index)
    register(index, member)
    keep(index, ends)
  end
  look(live, SWEEP_WAIT, 2)
end

local function done(ended)
  table.insert(ended, 1, DONE)
  return ended
end
