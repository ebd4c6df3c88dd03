
-- A user's index in a cluster: a hash of keys, each with its place in the order of creation (us) and
-- when it was registered (ms).
local index = KEYS[1]

local function entry_of(entry)
  local order, registered = string.match(entry, '^(%d+):(%d+)$')
  return tonumber(order), tonumber(registered)
end

-- Drops what was found to be none, in threes from a place of the arguments on: what was found,
-- the key, and its entry then. A key that nobody has yet may be about to be created. Which of them
-- do not count although they stay.
local function drop(from)
  local uncounted = {}
  for place = from, #ARGV, 3 do
    local what, member, entry = ARGV[place], ARGV[place + 1], ARGV[place + 2]
    if redis.call('HGET', index, member) == entry then
      local _, registered = entry_of(entry)
      if what == 'ended' or (what == 'absent' and registered + TOMBSTONE_LIFE < now) then
        redis.call('HDEL', index, member)
      elseif what == 'pending' then
        uncounted[member] = true
      end
    end
  end
  return uncounted
end

local function order_now()
  return string.format('%d', time[1] * 1000000 + time[2])
end

local function register(member, order)
  redis.call('HSET', index, member, order .. ':' .. string.format('%d', now))
end
