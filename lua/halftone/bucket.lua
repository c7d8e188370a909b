-- The token bucket, exact. Twin of limits/bucket.ts: all numbers are integers that a double holds without rounding.
local ceil, floor, max = math.ceil, math.floor, math.max

local M = {}

-- One request, in units; a rate of 0.001 a second gives one unit back each microsecond.
M.unit = 1e9

-- Units given back each microsecond.
function M.refill(limit)
  return floor(limit.rate * 1000 + 0.5)
end

-- Units used at `at`, of a bucket that stood at `used` at `since`. A clock that went back gives nothing back.
function M.used_at(used, since, limit, at)
  return max(0, used - max(0, at - since) * M.refill(limit))
end

function M.has_room(used, limit)
  return used + M.unit <= limit.burst * M.unit
end

-- Whole requests left, whole seconds until it is full again, and until there is room for one.
function M.standing(used, limit)
  local capacity, per_second = limit.burst * M.unit, M.refill(limit) * 1e6
  return max(0, floor((capacity - used) / M.unit)),
    ceil(used / per_second),
    max(0, ceil((used + M.unit - capacity) / per_second))
end

return M
