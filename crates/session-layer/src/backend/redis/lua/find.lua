
-- The live session under a key and, if the key is an old one of it, its new one; or nil and why.
local function find(key)
  local value = redis.call('GET', key)
  if not value or value == 'E' then return nil, ABSENT end
  if value == 'X' then return nil, SUPERSEDED end
  if is_session(value) then return value end
  if not is_alias(value) then return nil, CORRUPT end
  if struct.unpack('>I8', value, 2) <= now then return nil, SUPERSEDED end
  local successor = string.sub(value, 10)
  value = redis.call('GET', sessions .. successor)
  if not value or value == 'E' then return nil, ABSENT end
  if value == 'X' or is_alias(value) then return nil, SUPERSEDED end
  if is_session(value) then return value, successor end
  return nil, CORRUPT
end

local function found(value, successor)
  if successor then return { successor, value } end
  return value
end
