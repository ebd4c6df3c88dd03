
-- Takes the key of a live session for a step. Key: the session's. Arguments: prefix, the step, what is
-- left ('E', 'X', 'S' for the session, 'A' for an alias), grace, where the alias leads, head up to the
-- version that was read (or nothing), and the lasting part that was read (or nothing).
local key, step, left, grace = KEYS[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local value, other = find(key)
if not value then return other end
if ARGV[6] ~= '' and string.sub(value, 1, 9) ~= ARGV[6] then return value end
if ARGV[7] ~= '' and lasting(value) ~= ARGV[7] then return value end
if left == 'A' then left = 'A' .. struct.pack('>I8', now + grace) .. ARGV[5] end
return hold(key, step, left, value, grace + TOMBSTONE_LIFE)
