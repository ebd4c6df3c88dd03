
-- Keys: the live ones, and what is beside them. Arguments: prefix, how many to look at.
local seen, removed = look(KEYS[1], ARGV[2])
local more, gone = look(KEYS[2], ARGV[2] - seen)
return { seen + more, removed + gone }
