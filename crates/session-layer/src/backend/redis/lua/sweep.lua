
-- Keys: the live ones. Arguments: prefix, how many to look at.
local seen, removed = look(KEYS[1], ARGV[2])
return { seen, removed }
