
-- Keeps a user's index at least for so long. Key: the index. Arguments: prefix, how long.
keep(KEYS[1], now + tonumber(ARGV[2]) + TOMBSTONE_LIFE)
return DONE
