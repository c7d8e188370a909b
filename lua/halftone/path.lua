-- The path of an address, cheap to read, and equal only where the picture is equal. Twin of edge/front-path.ts.
local byte, char, find, format, gsub = string.byte, string.char, string.find, string.format, string.gsub
local lower, match, sub = string.lower, string.match, string.sub

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
  local beginning = lower(sub(spelling, 1, 8))
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

-- Most paths: nothing in them is encoded, and nothing has to be.
local function plain_in(source, rest, is_named)
  if sub(rest, 1, 1) == '.' or find(rest, '/.', 1, true) or not find(rest, '[^/]') then return nil end
  if is_named and (sub(rest, 1, 1) == '/' or find(rest, '//', 1, true) or find(rest, "[^%w_.!~*'()/-]")) then return nil end
  if find(rest, '^[hH][tT][tT][pP]') then return nil end
  return { is = 'picture', source = source, spelling = rest, path = rest }
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
  local slash = byte(raw) == 47 and find(raw, '/', 2, true)
  if not slash then return { is = 'passed' } end
  local source, rest = sub(raw, 2, slash - 1), sub(raw, slash + 1)
  local known = site.sources[source]
  if not known and not is_source_name(source) or is_identifier(source) then return { is = 'passed' } end
  if site.reserved[source] or find(rest, '[^\33-\126]') then return { is = 'passed' } end
  if #raw > longest_path then return { is = 'refused', why = 'path-too-long' } end
  local is_named = known and known.named
  local plain = not find(rest, "[^%w_.~!$&'()*+,;=:@/-]") and plain_in(source, rest, is_named)
  if plain then return plain end
  if find(gsub(rest, '%%%x%x', ''), '%', 1, true) then return { is = 'refused', why = 'bad-escape' } end
  return spelled_in(source, rest, is_named)
end

return M
