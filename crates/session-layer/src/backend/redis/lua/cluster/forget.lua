
-- Key: the user's index. Arguments: prefix, then what was found.
drop(2)
return DONE
