
-- Ends a session. What comes first is taken even by a full Redis, and the rest with it.
local function finish(live, member, index)
  redis.call('ZREM', live, member)
  if index then redis.call('ZREM', index, member) end
  redis.call('SET', sessions .. member, 'E', 'PX', TOMBSTONE_LIFE)
end
