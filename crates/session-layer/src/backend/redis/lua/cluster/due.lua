
-- Key: a set of the live. Arguments: prefix, how many.
return due_for(KEYS[1], 0, ARGV[2])
