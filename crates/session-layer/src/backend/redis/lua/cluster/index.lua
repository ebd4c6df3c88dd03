
-- A user's index in a cluster: a hash with a field for each session that there may be, one for the
-- step that has the index, and one for the latest that had it.
local index, STEP, LATEST = KEYS[1], '#step', '#latest'

local function is_member(field)
  return #field == 43
end

local function members()
  local found = {}
  for _, field in ipairs(redis.call('HKEYS', index)) do
    if is_member(field) then found[#found + 1] = field end
  end
  return found
end
