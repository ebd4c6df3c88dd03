
-- Keys: the live ones. Arguments: prefix, how many to look at.
local seen, removed, lived = look(KEYS[1], 0, ARGV[2])
table.insert(lived, 1, removed)
table.insert(lived, 1, seen)
return lived
