-- What a client says of itself, reduced to a small declared set. Twin of edge/negotiate.ts.
local find, gmatch, gsub, lower, match = string.find, string.gmatch, string.gsub, string.lower, string.match

local M = {}

local dpr_ladder = { 1, 1.5, 2, 3, 4, 5 }
local width_ladder = {}
do
  local width = 100
  while width < 8192 do
    width_ladder[#width_ladder + 1] = math.floor(width + 0.5)
    width = width * 1.16
  end
  width_ladder[#width_ladder + 1] = 8192
end

local function trim(text)
  return (gsub(gsub(text, '^[%s\160]+', ''), '[%s\160]+$', ''))
end

-- True when `type` is named and not refused by q=0 (RFC 9110 12.4.2).
local function accepts(member, type)
  local name, parameters = match(member, '^([^;]*);?(.*)$')
  if trim(name) ~= type then return false end
  for parameter in gmatch(parameters .. ';', '([^;]*);') do
    local said = trim(parameter)
    if said == 'q=0' or find(said, '^q=0%.0*$') then return false end
  end
  return true
end

-- The class of formats; `plain` is that of the same client without JPEG XL.
function M.formats(accept, plain)
  if not accept then return 'basic' end
  local jxl, avif, webp, video, image = false, false, false, false, false
  for member in gmatch(lower(accept) .. ',', '([^,]*),') do
    jxl = jxl or accepts(member, 'image/jxl')
    avif = avif or accepts(member, 'image/avif')
    webp = webp or accepts(member, 'image/webp')
    video = video or accepts(member, 'video/*') or accepts(member, 'video/mp4')
    image = image or find(trim(member), '^image/') ~= nil
  end
  local found = {}
  if jxl and not plain then found[#found + 1] = 'jxl' end
  if avif then found[#found + 1] = 'avif' end
  if webp then found[#found + 1] = 'webp' end
  if #found > 0 then return table.concat(found, ',') end
  return video and not image and 'video' or 'basic'
end

-- The number that a text begins with, as parseFloat reads it; nil for none and for those that no hint can be.
local function number_in(text)
  local rest = match(text, '^[%s\160]*%+?(.*)$')
  local mantissa = match(rest, '^%d+%.?%d*') or match(rest, '^%.%d+')
  if not mantissa then return nil end
  local exponent = match(rest, '^[eE][+-]?%d+', #mantissa + 1) or ''
  local value = tonumber(mantissa .. exponent)
  return value and value > 0 and value < math.huge and value or nil
end

-- The rung at or above, as text: a picture slightly too large beats one that must be enlarged. Empty for none.
local function rung(ladder, text)
  local value = text and number_in(text)
  if not value then return '' end
  for _, step in ipairs(ladder) do
    if step >= value then return tostring(step) end
  end
  return tostring(ladder[#ladder])
end

function M.width(text)
  return rung(width_ladder, text)
end

function M.dpr(text)
  return rung(dpr_ladder, text)
end

function M.saves_data(text)
  return text ~= nil and lower(trim(text)) == 'on'
end

return M
