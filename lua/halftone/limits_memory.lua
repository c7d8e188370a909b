-- Buckets in nginx's shared memory, one set for all workers: used while Redis is away, or where there is none.
local bucket = require 'halftone.bucket'
local format, match, max = string.format, string.match, math.max

local M = {}

-- A worker holds the lock for some microseconds; one that died with it loses it after this long.
local longest_lock = 0.05
local most_tries = 5000

local function lock(dict)
  for _ = 1, most_tries do
    if dict:add('lock', true, longest_lock) then return end
  end
end

local function level_of(dict, name)
  local level = dict:get('b:' .. name)
  if not level then return 0, 0 end
  local used, since = match(level, '^(%d+) (%d+)$')
  return tonumber(used), tonumber(since)
end

-- A bucket that is full again need not be known.
local function keep(dict, claim, used, at)
  dict:set('b:' .. claim.bucket, format('%.0f %.0f', used, at), used / (bucket.refill(claim) * 1e6) + 0.001)
end

local function now()
  return ngx.now() * 1e6
end

-- Whether all claims had room, and the units used of each; takes from those that are not only looked at.
function M.take(dict, claims)
  local used, at, admitted = {}, {}, true
  lock(dict)
  for i, claim in ipairs(claims) do
    local before, since = level_of(dict, claim.bucket)
    at[i] = max(now(), since)
    used[i] = bucket.used_at(before, since, claim, at[i])
    if not bucket.has_room(used[i], claim) then admitted = false end
  end
  for i, claim in ipairs(claims) do
    if admitted and claim.takes then
      used[i] = used[i] + bucket.unit
      keep(dict, claim, used[i], at[i])
    end
  end
  dict:delete('lock')
  return admitted, used
end

-- What Redis counted, so that the buckets here go on from there.
function M.note(dict, claims, used)
  for i, claim in ipairs(claims) do keep(dict, claim, used[i], now()) end
end

return M
