
-- How long a session lives if nothing happens (0 for nothing there, less for what is no session), and how
-- long it will have lived then (0 for unknown). Key: the session's.
local head = redis.pcall('GETRANGE', KEYS[1], 0, 28)
if head == '' then return { 0, 0 } end
local kind = type(head) == 'string' and string.sub(head, 1, 1)
if kind ~= 'S' and kind ~= HELD then return { -1, 0 } end
local life = math.max(redis.call('PTTL', KEYS[1]), 1)
if kind == HELD or #head < 29 then return { life, 0 } end
return { life, math.max(now + life - struct.unpack('>I8', head, 22), 0) }
