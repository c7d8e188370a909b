-- The edges behind this nginx: which one a request goes to, and which of them are well.
--
-- A picture's edge is found on a consistent ring. An edge that fails a connection, or whose /readyz is not 200, is passed
-- over: for as long as its mark in the dictionary `halftone_edges` lasts. If all are marked, all are tried.
local ask = require 'halftone.ask'
local balancer = require 'ngx.balancer'
local address_of = require 'halftone.addresses'
local rings = require 'halftone.ring'
local site = require 'halftone.site'

local M = {}

local dict = ngx.shared.halftone_edges
local failed_seconds, unready_seconds, check_seconds = 3, 6, 1
local most_tries = 3
local check_limits = { connect = 1000, answer = 1000, bytes = 65536 }

local urls = {}
for _, edge in ipairs(site.edges) do urls[#urls + 1] = edge.url end
local ring = rings.new(urls)

-- In the master process, once.
function M.resolve()
  for _, edge in ipairs(site.edges) do
    edge.address = address_of(edge.host)
    if not edge.address then error('the edge ' .. edge.url .. ' has no address') end
  end
end

local function is_well(index)
  return dict:get(index) == nil
end

local function order_for(key)
  local place = key:match('^([^?]+)') or tostring(math.random())
  local well, marked = {}, {}
  for _, index in ipairs(rings.order(ring, place)) do
    local list = is_well(index) and well or marked
    list[#list + 1] = index
  end
  for _, index in ipairs(marked) do well[#well + 1] = index end
  return well
end

-- In the phase of the balancer: once for every try.
function M.balance()
  local state = ngx.ctx.halftone_edge
  if state then
    if balancer.get_last_failure() == 'failed' then dict:set(state.order[state.at], true, failed_seconds) end
    state.at = state.at % #state.order + 1
  else
    state = { order = order_for(ngx.var.halftone_key or ''), at = 1 }
    ngx.ctx.halftone_edge = state
    if #state.order > 1 then balancer.set_more_tries(math.min(#state.order, most_tries) - 1) end
  end
  local edge = site.edges[state.order[state.at]]
  local ok, fault = balancer.set_current_peer(edge.address, edge.port)
  if not ok then
    ngx.log(ngx.ERR, 'no edge could be chosen: ', fault)
    return ngx.exit(500)
  end
end

local function check(index)
  local status = ask(site.edges[index], '/readyz', check_limits)
  if status == 200 then
    dict:delete(index)
  else
    if is_well(index) then ngx.log(ngx.WARN, 'the edge ', urls[index], ' is not ready: ', status or 'no answer') end
    dict:set(index, true, unready_seconds)
  end
end

-- Of worker 0: asks every edge, all at the same time, again and again.
function M.watch()
  local function round(premature)
    if premature then return end
    local threads = {}
    for index = 1, #site.edges do threads[index] = ngx.thread.spawn(check, index) end
    for _, thread in ipairs(threads) do ngx.thread.wait(thread) end
    ngx.timer.at(check_seconds, round)
  end
  ngx.timer.at(0, round)
end

return M
