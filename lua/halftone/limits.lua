-- Limits in front of Node, from the same rule table (limits/rules.ts): requests by address and source are counted here,
-- those by key are looked at here and counted in Node, which alone knows whether the key is its sender's.
local address_of = require 'halftone.addresses'
local bucket = require 'halftone.bucket'
local memory = require 'halftone.limits_memory'
local shared = require 'halftone.limits_redis'
local targets = require 'halftone.limits_target'
local byte, concat, format, match = string.byte, table.concat, string.format, string.match

local M = {}

local retry_seconds = 0.25
-- How long a plan that changed may still be taken for what it was.
local plan_seconds = 2

local settings
local by_counted = {}

-- `given` is what `halftone nginx` writes; called once, in init_by_lua.
function M.configure(given)
  settings = given
  by_counted = { pictures = {}, api = {} }
  for _, rule in ipairs(given.rules) do
    for _, counted in ipairs(rule.of) do
      local rules = by_counted[counted]
      if rules then rules[#rules + 1] = rule end
    end
  end
end

-- In the master process, once: Redis by its addresses, since nginx's sockets resolve no names.
function M.resolve()
  for _, node in ipairs(settings.redis and settings.redis.nodes or {}) do
    node.host = address_of(node.host) or error('the Redis ' .. node.host .. ' has no address')
  end
end

local function dict()
  return ngx.shared.halftone_limits
end

-- As limits/address.ts names it: an IPv4 address, or the first 64 bits of an IPv6 address.
function M.address(binary)
  if #binary == 16 and binary:sub(1, 12) == '\0\0\0\0\0\0\0\0\0\0\255\255' then binary = binary:sub(13) end
  if #binary == 4 then return format('%d.%d.%d.%d', byte(binary, 1, 4)) end
  if #binary == 16 then return (binary:sub(1, 8):gsub('.', function(c) return format('%02x', byte(c)) end)) end
  return 'unknown'
end

-- The public half of the key that a request shows, right or wrong.
function M.key_in(authorization)
  if not authorization then return nil end
  local scheme, word = match(authorization, '^(%a+) +(%S+)$')
  if not scheme then return nil end
  scheme = scheme:lower()
  local shown = scheme == 'basic' and ngx.decode_base64(word) or scheme == 'bearer' and word
  return shown and match(shown, '^([%w-]+)[.:]') or nil
end

-- Redis did not answer: all workers count in shared memory until it does, and look for it in the background.
local look

local function look_later()
  if not dict():add('looking', true, 2) then return end
  if not ngx.timer.at(retry_seconds, look) then dict():delete('looking') end
end

function look(is_ending)
  dict():delete('looking')
  if is_ending then return end
  if not shared.is_back(settings) then return look_later() end
  dict():delete('away')
  ngx.log(ngx.NOTICE, 'limits are counted in Redis again')
end

local function leave(fault)
  if dict():add('away', true) then
    ngx.log(ngx.WARN, 'limits are counted in shared memory: Redis does not answer: ', fault)
  end
  look_later()
end

function M.is_away()
  return settings.redis ~= nil and dict():get('away') ~= nil
end

-- Redis where it answers. True where it may be asked.
local function may_ask()
  if not settings.redis then return false end
  if not dict():get('away') then return true end
  look_later()
  return false
end

local function plan_of(id)
  local known = dict():get('p:' .. id)
  if known then return known end
  if not may_ask() then return '' end
  local plan, fault = shared.plan(settings, id)
  if not plan then leave(fault) end
  dict():set('p:' .. id, plan or '', plan_seconds)
  return plan or ''
end

-- The rule's own limit, or that of the key's plan; nil where the plan has none.
local function limit_for(rule, id)
  local plan = settings.plans[plan_of(id)]
  local own = plan and plan[rule.name]
  if own == nil then return rule end
  return own or nil
end

local function claim_of(rule, source)
  if rule.per == 'source' then
    return source and { rule = rule, rate = rule.rate, burst = rule.burst, bucket = rule.name .. '|' .. source, takes = true }
  end
  if rule.per == 'address' then
    local address = M.address(ngx.var.binary_remote_addr)
    return { rule = rule, rate = rule.rate, burst = rule.burst, bucket = rule.name .. '|' .. address, takes = true }
  end
  local id = M.key_in(ngx.var.http_authorization)
  local limit = id and limit_for(rule, id)
  return limit and { rule = rule, rate = limit.rate, burst = limit.burst, bucket = rule.name .. '|' .. id, takes = false }
end

local function take(claims)
  if may_ask() then
    local admitted, used = shared.take(settings, claims)
    if admitted ~= nil then
      memory.note(dict(), claims, used)
      return admitted, used
    end
    leave(used)
  end
  return memory.take(dict(), claims)
end

-- RateLimit-Policy and RateLimit; a key's are told by Node, unless it is refused here.
local function tell(claims, used, admitted)
  local policies, standings = {}, {}
  for i, claim in ipairs(claims) do
    if claim.takes or not admitted then
      local remaining, full = bucket.standing(used[i], claim)
      local window = math.ceil(claim.burst * 1000 / bucket.refill(claim))
      policies[#policies + 1] = format('"%s";q=%d;w=%d', claim.rule.name, claim.burst, window)
      standings[#standings + 1] = format('"%s";r=%d;t=%d', claim.rule.name, remaining, full)
    end
  end
  if #policies == 0 then return end
  ngx.header['RateLimit-Policy'] = concat(policies, ', ')
  ngx.header['RateLimit'] = concat(standings, ', ')
end

local problem = '{"type":"urn:halftone:problem:rate-limited","title":"Too many requests","status":429,'
  .. '"detail":"Too many requests: the limit %s lets no more through just now.","violated-policies":[%s]}'

local function refuse(claims, used)
  local wait, named, listed = 1, {}, {}
  for i, claim in ipairs(claims) do
    local _, _, retry = bucket.standing(used[i], claim)
    wait = math.max(wait, retry)
    if not bucket.has_room(used[i], claim) then
      named[#named + 1] = "'" .. claim.rule.name .. "'"
      listed[#listed + 1] = '"' .. claim.rule.name .. '"'
      dict():incr('refused:' .. claim.rule.per, 1, 0)
    end
  end
  local body = format(problem, concat(named, ' and '), concat(listed, ','))
  ngx.status = 429
  ngx.header['Content-Type'] = 'application/problem+json'
  ngx.header['Content-Length'] = #body
  ngx.header['Cache-Control'] = 'no-store'
  ngx.header['Retry-After'] = wait
  ngx.header['Access-Control-Allow-Origin'] = '*'
  ngx.header['Access-Control-Expose-Headers'] = '*'
  ngx.header['X-Content-Type-Options'] = 'nosniff'
  ngx.print(body)
  return ngx.exit(ngx.HTTP_OK)
end

-- In the access phase, of every request.
function M.guard()
  local counted, source = targets.read(ngx.var.request_uri, settings.targets)
  return M.admit(counted, source)
end

-- `counted` is 'pictures', 'api' or nil, `source` the name of a picture's source where it is one of ours.
-- Node is told which rules have counted the request; a client's own word about that never passes.
function M.admit(counted, source)
  local rules, claims, names = counted and by_counted[counted] or {}, {}, {}
  for _, rule in ipairs(rules) do
    local claim = claim_of(rule, source)
    if claim then
      claims[#claims + 1] = claim
      if claim.takes then names[#names + 1] = rule.name end
    end
  end
  if #claims > 0 then
    local admitted, used = take(claims)
    tell(claims, used, admitted)
    if not admitted then return refuse(claims, used) end
  end
  if #names > 0 then ngx.req.set_header('Halftone-Limited', concat(names, ', '))
  else ngx.req.clear_header('Halftone-Limited') end
end

-- Prometheus' text, for whatever location shows metrics.
function M.metrics()
  local lines = { '# TYPE halftone_limited_total counter' }
  for _, per in ipairs { 'address', 'key', 'source' } do
    lines[#lines + 1] = format('halftone_limited_total{scope="%s"} %d', per, dict():get('refused:' .. per) or 0)
  end
  lines[#lines + 1] = '# TYPE halftone_limits_fallback gauge'
  lines[#lines + 1] = 'halftone_limits_fallback ' .. (M.is_away() and 1 or 0)
  return concat(lines, '\n') .. '\n'
end

return M
