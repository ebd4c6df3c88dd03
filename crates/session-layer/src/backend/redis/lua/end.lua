
-- Ends a session. What comes first is taken even by a full Redis, and the rest with it.
local function finish(member, index)
  redis.call('ZREM', live_of(member), member)
  if index then redis.call('ZREM', index, member) end
  redis.call('SET', sessions .. member, 'E', 'PX', TOMBSTONE_LIFE)
end
