-- A request, before the cache is looked at: its shape, its signature, its expiry, and the key it is kept under.
-- `read` and `go` are two, so that limits can stand between them.
local client = require 'halftone.client'
local epochs = require 'halftone.epochs'
local front_key = require 'halftone.front_key'
local lrucache = require 'resty.lrucache'
local refuse = require 'halftone.refuse'
local signature = require 'halftone.signature'
local site = require 'halftone.site'

local M = {}

-- What was read of the addresses seen lately. Their bytes are bounded too: a long one is read anew each time.
local known = assert(lrucache.new(20000))
local classes = assert(lrucache.new(500))
local longest_known = 512
local reading = { GET = true, HEAD = true }

local function read(target)
  local request = front_key.read(target, site)
  if request.is ~= 'picture' then return request end
  local source = site.sources[request.source]
  request.fault = signature.fault(target, source.scheme, source.signing_keys)
  request.plain = not (request.query.width or request.query.dpr or request.query.save_data)
  request.entries = {}
  return request
end

-- Hosts whose addresses are all in another language, or a whole web site's.
local has_hosts = next(site.hosts) ~= nil
local passed = { is = 'passed' }

-- What the target is; a refusal ends the request. The fields are those of halftone/front_key.lua.
function M.read()
  if has_hosts and site.hosts[ngx.var.host] then return passed end
  local target = ngx.var.request_uri
  local request = known:get(target)
  if not request then
    request = read(target)
    if #target <= longest_known then known:set(target, request) end
  end
  if not reading[ngx.req.get_method()] then return request end
  if request.is == 'refused' then return refuse(request.why) end
  if request.fault then return refuse(request.fault) end
  if request.expires and ngx.time() >= request.expires then return refuse('expired') end
  return request
end

local function class_of(accept, jxl)
  local known_as = jxl and 'jxl ' .. accept or accept
  local class = classes:get(known_as)
  if not class then
    class = client.formats(accept, not jxl)
    if #accept <= longest_known then classes:set(known_as, class) end
  end
  return class
end

local function with_epoch(request, key)
  return key .. ' e' .. string.format('%.0f', epochs.of(request))
end

-- The key for a client of whom no more than its formats counts: made once for each class and purge.
local function plain_key(request, version)
  local class = request.query.negotiates and class_of(ngx.var.http_accept or '', request.query.jxl) or ''
  local entry = request.entries[class]
  if not entry or entry.version ~= version then
    local key = class == '' and request.base or request.base .. ' ' .. class
    entry = { version = version, key = with_epoch(request, key) }
    request.entries[class] = entry
  end
  return entry.key
end

local function hinted_key(request)
  local var = ngx.var
  return with_epoch(request, (front_key.key(request, {
    accept = var.http_accept,
    width = var.http_width,
    sec_ch_width = var.http_sec_ch_width,
    dpr = var.http_dpr,
    sec_ch_dpr = var.http_sec_ch_dpr,
    save_data = var.http_save_data,
  })))
end

-- On to the cache, or past it to an edge: other languages, links that expire, originals, and all before the purges are known.
function M.go(request)
  if not request.kept or not reading[ngx.req.get_method()] or not epochs.is_ready() then
    ngx.var.halftone_key = request.place or ''
    return ngx.exec('@edge')
  end
  ngx.var.halftone_key = request.plain and plain_key(request, epochs.version()) or hinted_key(request)
end

return M
