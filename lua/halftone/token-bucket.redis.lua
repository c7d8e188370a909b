-- Takes one request from each of several token buckets, or from none: the one script that Node and nginx run in Redis.
-- KEYS: the buckets. ARGV: for each of them three numbers: units given back each microsecond, the burst in requests, and
-- 1 to take or 0 to look only. Answers 1 or 0 (whether all had room), then the units used of each bucket.
-- The arithmetic is that of limits/bucket.ts: integers below 2^53, so nothing is rounded.
-- The time is Redis' own: the clocks of the nodes may differ, and one clock decides.
local unit = 1e9
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1e6 + tonumber(time[2])
local used, at, admitted = {}, {}, 1
for i = 1, #KEYS do
  local refill, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  used[i], at[i] = 0, now
  local level = redis.call('GET', KEYS[i])
  if level then
    local before, since = string.match(level, '^(%d+) (%d+)$')
    before, since = tonumber(before), tonumber(since)
    at[i] = math.max(now, since)
    used[i] = math.max(0, before - (at[i] - since) * refill)
  end
  if used[i] + unit > burst * unit then admitted = 0 end
end
if admitted == 1 then
  for i = 1, #KEYS do
    if ARGV[3 * i] == '1' then
      used[i] = used[i] + unit
      -- A bucket that is full again need not be known.
      local milliseconds = math.ceil(used[i] / tonumber(ARGV[3 * i - 2]) / 1000)
      redis.call('SET', KEYS[i], string.format('%.0f %.0f', used[i], at[i]), 'PX', milliseconds)
    end
  end
end
return {admitted, unpack(used)}
