
-- Lets go of what a step has taken. Key: the session's. Arguments: prefix, the step, 'D' if it is done.
local key, value = KEYS[1], redis.call('GET', KEYS[1])
local step, left, before = held(value or '')
if step ~= ARGV[2] then return DONE end
local rest = before
if ARGV[3] == 'D' and left ~= 'S' then rest = left end
if is_session(rest) then
  local seen, _, idle, ends = struct.unpack('>I8I8I8I8', rest, 14)
  redis.call('SET', key, rest, 'PXAT', math.min(seen + idle, ends))
elseif is_alias(rest) then
  local grace = math.max(struct.unpack('>I8', rest, 2) - now, 0)
  redis.call('SET', key, rest, 'PX', grace + TOMBSTONE_LIFE)
elseif rest ~= '' then
  redis.call('SET', key, rest, 'PX', TOMBSTONE_LIFE)
else
  redis.call('DEL', key)
end
return DONE
