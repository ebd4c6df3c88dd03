
-- The step that decides about a rotation. Key: the old one. Arguments: prefix, head up to the version
-- that was read, the new key, grace (zero for none), renew or replace.
local value, other = find(KEYS[1])
if not value then return other end
if string.sub(value, 1, 9) ~= ARGV[2] then return value end
local grace, leads = tonumber(ARGV[4]), 0
if ARGV[5] == 'renew' then leads = grace > 0 and now + grace or 1 end
redis.call('SET', KEYS[1], 'A' .. struct.pack('>I8', leads) .. ARGV[3], 'PX', grace + TOMBSTONE_LIFE)
return DONE
