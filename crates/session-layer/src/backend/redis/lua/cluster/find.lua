
-- In a cluster a script sees one key. A session's key may also hold what a step over several keys has
-- taken: 'P', the step (60 bytes), the length of what is left if the step is done (4), what is left
-- then ('S' alone if it is what is there), and what is there until then: a session, or nothing.
local HELD = 'P'

local function is_live(session)
  local seen, _, idle, ends = struct.unpack('>I8I8I8I8', session, 14)
  return math.min(seen + idle, ends) > now
end

-- The step, what is left if it is done, and what is there until then; or nil.
local function held(value)
  if #value < 66 or string.sub(value, 1, 1) ~= HELD then return nil end
  local length = struct.unpack('>I4', value, 62)
  local left, before = string.sub(value, 66, 65 + length), string.sub(value, 66 + length)
  if #left < length or before ~= '' and not is_session(before) then return nil end
  return string.sub(value, 2, 61), left, before
end

-- The live session under a key, or nil and why not, or nil and where else to look: where an alias
-- leads, or what became of the step that has it, and what is there until then.
local function find(key)
  local value = redis.call('GET', key)
  if not value or value == 'E' then return nil, ABSENT end
  if value == 'X' then return nil, SUPERSEDED end
  if is_session(value) then return value end
  if is_alias(value) then
    if struct.unpack('>I8', value, 2) <= now then return nil, SUPERSEDED end
    return nil, { 'A', string.sub(value, 10) }
  end
  local step, _, before = held(value)
  if not step then return nil, CORRUPT end
  if before ~= '' and not is_live(before) then before = '' end
  return nil, { HELD, step, before }
end

-- What there is to know of a session that a rotation keeps.
local function lasting(value)
  return string.sub(value, 22, 45) .. user_of(value)
end
