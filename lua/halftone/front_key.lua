-- The key that a picture is kept under. Twin of edge/front-key.ts: equal keys always have equal answers.
local client = require 'halftone.client'
local paths = require 'halftone.path'
local queries = require 'halftone.query'
local find, sub = string.find, string.sub

local M = {}

local longest_target = 8192

-- What is known of a request by its target, as received. A picture has `base`, which `M.key` makes its key from.
function M.read(target, site)
  if #target > longest_target then return { is = 'refused', why = 'target-too-long' } end
  -- Where other languages are mounted.
  for _, prefix in ipairs(site.prefixes) do
    if sub(target, 1, #prefix) == prefix then return { is = 'passed' } end
  end
  local mark = find(target, '?', 1, true)
  local path = paths.read(mark and sub(target, 1, mark - 1) or target, site)
  if path.is ~= 'picture' then return path end
  local source = site.sources[path.source]
  if not source then return { is = 'refused', why = 'unknown-source' } end
  local query = queries.read(mark and sub(target, mark + 1) or '', source.defaults, site.keys)
  if not query then return { is = 'passed' } end
  local place = '/' .. path.source .. '/' .. path.spelling
  return {
    is = 'picture',
    source = path.source,
    place = place,
    exact = path.path ~= nil,
    base = place .. '?' .. query.pairs .. ' r' .. site.revision,
    query = query,
    kept = query.expires == nil and not query.original,
    expires = query.expires,
    pictures = query.pictures,
  }
end

-- The whole key, and what the edge is to be told of the client: `headers` has the request's headers by Lua's names.
function M.key(picture, headers)
  local query = picture.query
  local told = { accept = '', width = '', dpr = '', save_data = '' }
  local key = picture.base
  if query.negotiates then
    told.formats = client.formats(headers.accept, not query.jxl)
    key = key .. ' ' .. told.formats
  end
  if query.width then
    told.width = client.width(headers.sec_ch_width or headers.width)
    key = key .. ' w' .. told.width
  end
  if query.dpr then
    told.dpr = client.dpr(headers.sec_ch_dpr or headers.dpr)
    key = key .. ' d' .. told.dpr
  end
  if query.save_data then
    told.save_data = client.saves_data(headers.save_data) and 'on' or ''
    key = key .. (told.save_data == 'on' and ' s1' or ' s0')
  end
  return key, told
end

return M
