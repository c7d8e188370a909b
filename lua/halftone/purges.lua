-- POST /-/purge: what lies here of these pictures is not used from the acknowledgement on.
--
-- Asked:   the header `halftone-secret` with a tier secret, and as the body a JSON array of purges as they stand in the
--          log (purging/purge.ts), at most 4 MiB: [{"target":{"kind":"picture","value":"HASH","source":"photos"},
--          "isSoft":false,"position":1800000000000}]. Kinds: everything, key, picture, address, prefix. `position`, the
--          purge's place in the log, may be left out. It comes after the edges have purged: what is asked of them from
--          then on is kept under a new key.
-- Answers: 200 with [{"part":"nginx","at":MILLISECONDS}]. A soft purge does the same as a hard one here: the edge behind
--          serves the old picture, and has it refreshed once. A surrogate key that is no source's name purges everything,
--          because nginx does not know the keys of what it has before it looks.
--          400 for what is no list of purges, 403 without the secret, 405, 413.
local cjson = require 'cjson.safe'
local epochs = require 'halftone.epochs'
local refuse = require 'halftone.refuse'
local secrets = require 'halftone.secrets'

local M = {}

local kinds = { everything = true, key = true, picture = true, address = true, prefix = true }

local function is_purge(written)
  if type(written) ~= 'table' or type(written.isSoft) ~= 'boolean' or type(written.target) ~= 'table' then return false end
  local position = written.position
  if position ~= nil and not (type(position) == 'number' and position >= 0 and position < 2 ^ 53) then return false end
  local kind, value, source = written.target.kind, written.target.value, written.target.source
  if type(kind) ~= 'string' or not kinds[kind] then return false end
  if kind == 'everything' then return true end
  if type(value) ~= 'string' or #value > 16384 or value:find('%c') then return false end
  return kind ~= 'picture' or type(source) == 'string'
end

-- Whether a decoded JSON array is one of purges.
function M.are_purges(written)
  if type(written) ~= 'table' then return false end
  local count = 0
  for _, purge in pairs(written) do
    count = count + 1
    if not is_purge(purge) then return false end
  end
  return count == #written
end

local function purges_in(text)
  local written = text and text:find('^%s*%[') and cjson.decode(text)
  return M.are_purges(written) and written or nil
end

function M.handle()
  if ngx.req.get_method() ~= 'POST' then
    ngx.header['allow'] = 'POST'
    return refuse('bad-method')
  end
  if not secrets.shown(ngx.var.http_halftone_secret) then return refuse('not-neighbour') end
  ngx.req.read_body()
  local purges = purges_in(ngx.req.get_body_data())
  if not purges then return refuse('bad-purge') end
  epochs.raise(purges, true)
  ngx.header['content-type'] = 'application/json'
  ngx.header['cache-control'] = 'no-store'
  ngx.print(string.format('[{"part":"nginx","at":%.0f}]', math.floor(ngx.now() * 1000)))
end

return M
