
-- Why a key that there is can not be given to a session: a step has it, or it is taken.
local function taken_by(key)
  local _, other = find(key)
  if type(other) == 'table' and other[1] == HELD then return other end
  return TAKEN
end
