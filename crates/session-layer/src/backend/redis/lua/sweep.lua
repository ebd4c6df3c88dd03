
-- Keys: the live ones, and what is beside them, of which none was a session. Arguments: prefix, how
-- many to look at.
local seen, removed, lived = look(KEYS[1], 0, ARGV[2])
local more, gone = look(KEYS[2], 0, ARGV[2] - seen)
table.insert(lived, 1, removed + gone)
table.insert(lived, 1, seen + more)
return lived
