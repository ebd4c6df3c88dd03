
-- Keys: the old one, the new one, the live ones.
-- Arguments: prefix, head up to the version that was read, the new head, payload, grace, how long after
-- that the alias is kept, and idle and absolute if they are new.
local key, to, live = KEYS[1], KEYS[2], KEYS[3]
local value, other = find(key)
if not value then return other end
if other or string.sub(value, 1, 9) ~= ARGV[2] then return found(value, other) end
if redis.call('EXISTS', to) == 1 then return TAKEN end

local created, idle, ends = struct.unpack('>I8I8I8', value, 22)
local user, grace = user_of(value), tonumber(ARGV[5])
if ARGV[7] then idle, ends = tonumber(ARGV[7]), now + tonumber(ARGV[8]) end
local old, new, expires = member_of(key), member_of(to), math.min(now + idle, ends)
store(to, ARGV[3], now, created, idle, ends, expires, user, ARGV[4])
local left, kept = 'X', TOMBSTONE_LIFE
if grace > 0 then
  left, kept = 'A' .. struct.pack('>I8', now + grace) .. new, math.max(tonumber(ARGV[6]), kept)
end
redis.call('SET', key, left, 'PX', grace + kept)
redis.call('ZREM', live, old)
redis.call('ZADD', live, score_of(expires, expires - created), new)
keep(live, ends + SWEEP_WAIT)
if user ~= '' then
  local index = users .. user
  local order = redis.call('ZSCORE', index, old) or created * 1000
  redis.call('ZREM', index, old)
  redis.call('ZADD', index, order, new)
  keep(index, ends)
end
return DONE
