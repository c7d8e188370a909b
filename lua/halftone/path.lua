-- The path of an address, cheap to read, and equal only where the picture is equal. Twin of edge/front-path.ts.
local byte, char, find, format, gsub = string.byte, string.char, string.find, string.format, string.gsub
local lower, match = string.lower, string.match

local M = {}

local longest_path = 4096

local function is_identifier(source)
  return #source == 36 and match(source, '^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$') ~= nil
end

local function is_source_name(source)
  return #source <= 63 and match(source, '^[a-z0-9][a-z0-9_-]*$') ~= nil
end

local function triplet_of(character)
  return format('%%%02X', byte(character))
end

local function unreserved(hex)
  local character = char(tonumber(hex, 16))
  return find(character, '^[%w_.~-]') and character or '%' .. string.upper(hex)
end

local function character_of(hex)
  return char(tonumber(hex, 16))
end

-- Unreserved characters plain, triplets in upper case, what may not stand in a path as triplets.
local function spell(rest)
  local plain = gsub(rest, "[^%w_.~!$&'()*+,;=:@/%%-]", triplet_of)
  return (gsub(plain, '%%(%x%x)', unreserved))
end

local function is_web_like(spelling)
  local beginning = lower(spelling:sub(1, 8))
  return find(beginning, '^https?:') ~= nil or find(beginning, '^https?%%3a') ~= nil
end

local function has_odd_bytes(spelling)
  return find(spelling, '%%C[01]') or find(spelling, '%%C2%%[89]') or find(spelling, '%%E0%%[89]') or find(spelling, '%%F0%%8')
end

local function fault_of(name)
  if not find(name, '[^/]') then return 'no-picture' end
  if find(name, '[%z\1-\31\127]') then return 'control' end
  if find(name, '\\', 1, true) then return 'backslash' end
  if find('/' .. name .. '/', '/%.%.?/') then return 'dots' end
  return nil
end

local function path_of_name(name)
  local merged = gsub(gsub(name, '//+', '/'), '^/', '')
  return (gsub(merged, "[^%w_.!~*'()/-]", triplet_of))
end

local function spelled_in(source, rest, is_named)
  local spelling = spell(rest)
  if is_web_like(spelling) then return { is = 'picture', source = source, spelling = rest } end
  if has_odd_bytes(spelling) then return { is = 'passed' } end
  local name = gsub(spelling, '%%(%x%x)', character_of)
  local fault = fault_of(name)
  if fault then return { is = 'refused', why = fault } end
  local path = is_named and path_of_name(name) or spelling
  return { is = 'picture', source = source, spelling = path, path = path }
end

-- `site.reserved` has the first segments that are no sources, `site.sources` what is known of each source.
function M.read(raw, site)
  local source, rest = match(raw, '^/([^/]*)/(.*)$')
  if not rest or not is_source_name(source) or is_identifier(source) then return { is = 'passed' } end
  if site.reserved[source] or find(rest, '[^\33-\126]') then return { is = 'passed' } end
  if #raw > longest_path then return { is = 'refused', why = 'path-too-long' } end
  if find(gsub(rest, '%%%x%x', ''), '%', 1, true) then return { is = 'refused', why = 'bad-escape' } end
  local known = site.sources[source]
  return spelled_in(source, rest, known and known.named)
end

return M
