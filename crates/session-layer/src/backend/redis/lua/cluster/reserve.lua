
-- Registers one more session, and names those that have to end before it is there: the oldest,
-- whether or not somebody else is ending them. Key: the user's index. Arguments: prefix, the new key, absolute, cap (0 for
-- none), policy, a key that makes room by itself, and whether the sessions were looked at;
-- then what was found.
local member, ends = ARGV[2], now + tonumber(ARGV[3])
local cap, policy, aside, looked = tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7] == '1'
local uncounted, ended = drop(8), {}
if cap > 0 and redis.call('HLEN', index) >= cap then
  local all, others = redis.call('HGETALL', index), {}
  if not looked then return all end
  for place = 1, #all, 2 do
    local other = all[place]
    if other ~= member and other ~= aside and not uncounted[other] then
      others[#others + 1] = { (entry_of(all[place + 1])), other }
    end
  end
  local over = #others + 1 - cap
  if over > 0 and policy == 'refuse' then return FULL end
  table.sort(others, function(a, b) return a[1] < b[1] end)
  for place = 1, over do ended[place] = others[place][2] end
end
if redis.call('HEXISTS', index, member) == 0 then register(member, order_now()) end
keep(index, ends)
table.insert(ended, 1, DONE)
return ended
