-- What was purged, as numbers that only rise: part of the key of every picture kept here, so that a purge costs the
-- same for one picture and for a million, and nothing has to be found on the disk. Shared by all workers.
--
-- In the dictionary `halftone_purges`: 'everything'; 's:SOURCE'; 'p:HASH' of one source picture; 'a:SOURCE', the newest
-- about anything inside a source; 'prefixes', one a line; 'newest' of all; 'version', which rises with every change.
local ffi = require 'ffi'
local site = require 'halftone.site'
local find, gmatch, match, sub = string.find, string.gmatch, string.match, string.sub

ffi.cdef [[ unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *md); ]]

local M = {}

local dict = ngx.shared.halftone_purges
local most_pictures, most_prefixes = 10000, 200
local lock_seconds = 5

-- As the edges name a source picture: see purging/purge.ts.
local digest = ffi.new('unsigned char[32]')
local function hash_of(place)
  ffi.C.SHA256(place, #place, digest)
  return sub((ngx.encode_base64(ffi.string(digest, 32), true):gsub('[+/]', { ['+'] = '-', ['/'] = '_' })), 1, 16)
end

local function locked(work)
  while not dict:add('lock', true, lock_seconds) do ngx.sleep(0.001) end
  local ok, thrown = pcall(work)
  dict:delete('lock')
  if not ok then error(thrown, 0) end
end

local function get(name)
  return dict:get(name) or 0
end

-- True when there was room for it.
local function rise(name, position)
  return get(name) >= position or dict:safe_set(name, position)
end

local function everything(position)
  rise('everything', position)
end

local function sources_with_purges()
  local found = {}
  for _, name in ipairs(dict:get_keys(0)) do
    if sub(name, 1, 2) == 'a:' then found[#found + 1] = sub(name, 3) end
  end
  return found
end

-- Too many things are remembered: of each source only the newest purge of anything in it.
local function widen()
  for _, source in ipairs(sources_with_purges()) do
    if not rise('s:' .. source, get('a:' .. source)) then everything(get('newest')) end
  end
  for _, name in ipairs(dict:get_keys(0)) do
    if sub(name, 1, 2) == 'p:' then dict:delete(name) end
  end
  dict:set('pictures', 0)
  dict:set('prefixes', '')
end

local function raise_picture(hash, source, position)
  local name = 'p:' .. hash
  if not dict:get(name) then dict:set('pictures', get('pictures') + 1) end
  if not (rise(name, position) and rise('a:' .. source, position)) then return everything(position) end
  if get('pictures') > most_pictures then widen() end
end

local function raise_prefix(prefix, position)
  local lines, newest = {}, position
  for before, named in gmatch(dict:get('prefixes') or '', '(%d+) ([^\n]+)') do
    if named == prefix then
      newest = math.max(newest, tonumber(before))
    else
      lines[#lines + 1] = before .. ' ' .. named
    end
  end
  lines[#lines + 1] = string.format('%.0f %s', newest, prefix)
  local source = match(prefix, '^/([^/]*)') or ''
  if not (rise('a:' .. source, position) and dict:safe_set('prefixes', table.concat(lines, '\n'))) then
    return everything(position)
  end
  if #lines > most_prefixes then widen() end
end

local function place_in(address)
  return match(address, '^/([^?]*)') or ''
end

local function raise_address(address, position)
  local place = place_in(address)
  local source = match(place, '^([^/]*)')
  raise_picture(hash_of(place), source, position)
end

-- A surrogate key that is no source's name may be on anything kept here.
local function raise_key(key, position)
  if not site.sources[key] then return everything(position) end
  if not rise('s:' .. key, position) then everything(position) end
end

local function current(target)
  local kind, value = target.kind, target.value
  if kind == 'key' and site.sources[value] then return get('s:' .. value) end
  if kind == 'picture' then return get('p:' .. value) end
  if kind == 'address' then return get('p:' .. hash_of(place_in(value))) end
  return kind == 'prefix' and get('newest') or get('everything')
end

-- `strictly`: it is not known here yet, whatever its position says (the clocks of two machines differ).
local function raise(purge, strictly)
  local target = purge.target
  local position = purge.position or math.max(get('newest') + 1, math.floor(ngx.now() * 1000))
  if strictly then position = math.max(position, current(target) + 1) end
  if position > get('newest') then dict:set('newest', position) end
  if target.kind == 'everything' then return everything(position) end
  if target.kind == 'key' then return raise_key(target.value, position) end
  if target.kind == 'picture' then return raise_picture(target.value, target.source, position) end
  if target.kind == 'address' then return raise_address(target.value, position) end
  raise_prefix(target.value, position)
end

function M.raise(purges, strictly)
  locked(function()
    for _, purge in ipairs(purges) do raise(purge, strictly) end
    dict:incr('version', 1, 0)
  end)
end

function M.version()
  return dict:get('version') or 0
end

-- Until the log of purges was read nothing that lies on the disk may be used.
function M.is_ready()
  return dict:get('ready') ~= nil
end

function M.set_ready()
  if not dict:get('ready') then
    dict:set('ready', true)
    dict:incr('version', 1, 0)
  end
end

local function newest_prefix(place)
  local newest = 0
  for position, prefix in gmatch(dict:get('prefixes') or '', '(%d+) ([^\n]+)') do
    if sub(place, 1, #prefix) == prefix then newest = math.max(newest, tonumber(position)) end
  end
  return newest
end

-- The newest purge that may be about this picture (halftone/front_key.lua); 0 for none.
function M.of(picture)
  if get('newest') == 0 then return 0 end
  if picture.pictures then return get('newest') end
  local newest = math.max(get('everything'), get('s:' .. picture.source))
  local inside = get('a:' .. picture.source)
  if inside <= newest then return newest end
  if not picture.exact then return inside end
  return math.max(newest, get('p:' .. hash_of(sub(picture.place, 2))), newest_prefix(picture.place))
end

-- All of it, to be kept beside the pictures.
function M.state()
  local state = {}
  for _, name in ipairs(dict:get_keys(0)) do
    if not find(name, '^lock$') and not find(name, '^ready$') and not find(name, '^version$') then
      state[name] = dict:get(name)
    end
  end
  return state
end

function M.restore(state)
  for name, value in pairs(state) do
    if not dict:safe_set(name, value) then everything(math.floor(ngx.now() * 1000)) end
  end
  dict:incr('version', 1, 0)
end

return M
