-- Buckets in Redis, shared with all nginx and all processes. No call takes longer than its time limits.
-- Debian's module has another name than OpenResty's. It knows one time limit for all (`set_timeouts` would be sent to
-- Redis as a command, and the limits would be nginx' own of a minute).
local is_debian, debian = pcall(require, 'nginx.redis')
local redis = is_debian and debian or require 'resty.redis'
local bucket = require 'halftone.bucket'

local M = {}

local connect_ms, answer_ms = 25, 40
local idle_ms, most_idle = 60000, 64

local function login(client, place)
  if client:get_reused_times() > 0 then return true end
  if place.password then
    local ok, fault
    if place.user then ok, fault = client:auth(place.user, place.password)
    else ok, fault = client:auth(place.password) end
    if not ok then return nil, fault end
  end
  if place.database and place.database > 0 then return client:select(place.database) end
  return true
end

local function open(place)
  local client = redis:new()
  client:set_timeout(connect_ms)
  local pool = { pool = 'halftone-limits' }
  local ok, fault
  if place.socket then ok, fault = client:connect('unix:' .. place.socket, pool)
  else ok, fault = client:connect(place.host, place.port, pool) end
  if not ok then return nil, fault end
  client:set_timeout(answer_ms)
  ok, fault = login(client, place)
  if not ok then return nil, fault end
  return client
end

local function ask(place, question)
  local client, fault = open(place)
  if not client then return nil, fault or 'no connection' end
  local reply, refusal = question(client)
  -- After an error of the connection it cannot be used again.
  if reply == nil then client:close()
  else client:set_keepalive(idle_ms, most_idle) end
  if not reply then return nil, refusal or 'no answer' end
  return reply
end

local function arguments_of(settings, claims)
  local arguments = { #claims }
  for i, claim in ipairs(claims) do arguments[i + 1] = settings.name .. M.hash(settings, claim.bucket) end
  for _, claim in ipairs(claims) do
    arguments[#arguments + 1] = bucket.refill(claim)
    arguments[#arguments + 1] = claim.burst
    arguments[#arguments + 1] = claim.takes and 1 or 0
  end
  return arguments
end

-- As limits/redis.ts hashes names.
function M.hash(settings, name)
  return ngx.encode_base64(ngx.hmac_sha1(settings.secret, name))
end

-- Whether all claims had room, and the units used of each; nil and a fault when Redis does not answer.
function M.take(settings, claims)
  local arguments = arguments_of(settings, claims)
  local reply, fault = ask(settings.redis, function(client)
    local got, refusal = client:evalsha(settings.sha, unpack(arguments))
    -- A Redis that was restarted has forgotten the script; EVAL teaches it again.
    if got == false and string.find(refusal, '^NOSCRIPT') then return client:eval(settings.script, unpack(arguments)) end
    return got, refusal
  end)
  if not reply then return nil, fault end
  local used = {}
  for i = 1, #claims do used[i] = tonumber(reply[i + 1]) end
  return tonumber(reply[1]) == 1, used
end

-- The plan of a key, empty for none; nil and a fault when Redis does not answer.
function M.plan(settings, id)
  local reply, fault = ask(settings.redis, function(client)
    return client:hget(settings.plans_name, M.hash(settings, id))
  end)
  if not reply then return nil, fault end
  return reply == ngx.null and '' or reply
end

return M
