-- Buckets in Redis, shared with all nginx and all processes. No call takes longer than its time limits.
-- Debian's module has another name than OpenResty's. It knows one time limit for all (`set_timeouts` would be sent to
-- Redis as a command, and the limits would be nginx' own of a minute).
local is_debian, debian = pcall(require, 'nginx.redis')
local redis = is_debian and debian or require 'resty.redis'
local bucket = require 'halftone.bucket'
local places = require 'halftone.redis_place'

local M = {}

local idle_ms, most_idle = 60000, 64

local function dict()
  return ngx.shared.halftone_limits
end

local function connect(place, host, port)
  local client = redis:new()
  client:set_timeout(place.connect_ms)
  local ok, fault = client:connect(host, port, { pool = 'halftone-limits ' .. host .. ' ' .. port })
  if not ok then return nil, fault or 'no connection' end
  client:set_timeout(place.answer_ms)
  return client
end

local function login(client, place)
  if client:get_reused_times() > 0 then return true end
  if place.password then
    local ok, fault
    if place.user then ok, fault = client:auth(place.user, place.password)
    else ok, fault = client:auth(place.password) end
    if not ok then return nil, fault end
  end
  if place.database > 0 then return client:select(place.database) end
  return true
end

local function open(place)
  local host, port = places.now(dict(), place)
  if not host then return nil, port end
  local client, fault = connect(place, host, port)
  if not client then return nil, fault end
  local ok, refusal = login(client, place)
  if not ok then
    client:close()
    return nil, refusal
  end
  return client
end

-- The reply; nil and a fault where there is none, false and the refusal where Redis refuses.
local function ask_once(place, question)
  local client, fault = open(place)
  if not client then return nil, fault end
  local reply, refusal = question(client)
  -- After an error of the connection it cannot be used again.
  if reply == nil then client:close()
  else client:set_keepalive(idle_ms, most_idle) end
  return reply, refusal or 'no answer'
end

local function ask(place, question)
  local reply, refusal = ask_once(place, question)
  if reply == false and places.moved(dict(), refusal) then reply, refusal = ask_once(place, question) end
  if not reply then return nil, refusal end
  return reply
end

-- As limits/redis.ts hashes names.
function M.hash(settings, name)
  return ngx.encode_base64(ngx.hmac_sha1(settings.secret, name))
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

-- In the background, after it was away: whether Redis is there again, perhaps as another server.
function M.is_back(settings)
  places.find(dict(), settings.redis, function(host, port, command, ...)
    local client = connect(settings.redis, host, port)
    if not client then return nil end
    local reply = client[command](client, ...)
    client:close()
    return reply
  end)
  -- A question about a key: a node of a Cluster that has it not says which one has.
  return M.plan(settings, '') ~= nil
end

return M
