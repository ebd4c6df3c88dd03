
-- In a cluster a script sees only its own key. There are two more kinds of values:
--   a session that is about to be the successor of another: 'N', that one's key, the session
--   a tombstone: 'R' for one that was registered, and ended before it was there
-- The answer to who creates that one is ENDED.
-- What a key leaves that was rotated is an alias, even if it leads nowhere: until 1 ms after 1970, and
-- until 1970 if it was replaced.
local ENDED = -5

local function is_pending(value)
  return #value >= 98 and string.byte(value) == 78
end

-- The live session under a key, or nil and why not, or nil and where else to look: where an alias
-- leads, or whose successor it may be.
local function find(key)
  local value = redis.call('GET', key)
  if not value or value == 'E' or value == 'R' then return nil, ABSENT end
  if value == 'X' then return nil, SUPERSEDED end
  if is_session(value) then return value end
  if is_pending(value) then return nil, { 'N', string.sub(value, 2, 44) } end
  if not is_alias(value) then return nil, CORRUPT end
  if struct.unpack('>I8', value, 2) <= now then return nil, SUPERSEDED end
  return nil, { 'A', string.sub(value, 10) }
end
