
-- Keeps an index until then. Key: the index. Arguments: prefix, until when.
keep(KEYS[1], tonumber(ARGV[2]))
return DONE
