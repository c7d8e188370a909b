-- What a request's target means to the limits: pictures, the API or neither, and the source. Twin of limits/targets.ts.
local find, gsub, lower, match = string.find, string.gsub, string.lower, string.match

local M = {}

local uuid = '^' .. ('%x'):rep(8) .. ('%-' .. ('%x'):rep(4)):rep(3) .. '%-' .. ('%x'):rep(12)

local function character_of(hex)
  return string.char(tonumber(hex, 16))
end

-- As servers read it: of an absolute address too, decoded, without empty segments before it.
local function first_of(target)
  local path = target
  if find(lower(target), '^https?://') then path = match(target, '^[^:]*://[^/?#]*(.*)$') end
  return (gsub(match(path, '^/*([^/?#]*)'), '%%([2-7]%x)', character_of))
end

-- 'pictures', 'api' or nil, and the name of the source where it is one of ours.
function M.read(target, targets)
  local first = first_of(target)
  if targets.api[first] or find(first, uuid .. '~%d+$') then return 'api' end
  if first == '' or targets.open[first] then return nil end
  if targets.sources[first] then return 'pictures', first end
  if find(first, uuid .. '$') then return 'pictures', targets.uploads end
  return 'pictures'
end

return M
