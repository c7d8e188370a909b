-- Reads the edges' log of purges: at the start, before anything on the disk is used, and every few seconds in case that a
-- purge did not reach this nginx. What is known is kept in a file beside the pictures.
--
-- An edge answers GET /purge?since=POSITION with {"begins":POSITION,"purges":[...]}: what it logged behind a position, and
-- the position before which it knows nothing (the start of a process whose log is in memory). Every purge goes to every
-- edge, so after a start one log that reaches back to what the file knows is enough; with none, all is purged that was
-- kept before the oldest of them begins.
local ask = require 'halftone.ask'
local cjson = require 'cjson.safe'
local epochs = require 'halftone.epochs'
local purges = require 'halftone.purges'
local site = require 'halftone.site'

local M = {}

local start_seconds = 0.5
-- How far the clocks of two machines may differ.
local margin_ms = 2000
local limits = { connect = 1000, answer = 5000, bytes = 16 * 1024 * 1024, secret = true }

-- `upto`: milliseconds up to which all purges are known; `since`: the last position of each edge's log.
local state = { upto = 0, since = {} }

-- Milliseconds since 1970 have 13 digits; cjson takes no more than 14.
cjson.encode_number_precision(14)

local function load()
  local file = io.open(site.state_file, 'r')
  if not file then return end
  local written = cjson.decode(file:read('*a'))
  file:close()
  if type(written) ~= 'table' or type(written.epochs) ~= 'table' or type(written.since) ~= 'table' then return end
  state.upto, state.since = tonumber(written.upto) or 0, written.since
  epochs.restore(written.epochs)
end

local function save()
  local text = cjson.encode({ upto = state.upto, since = state.since, epochs = epochs.state() })
  local file, fault = io.open(site.state_file .. '.new', 'w')
  if file then
    local written = file:write(text)
    fault = not (file:close() and written) and 'not written'
  end
  if not fault then _, fault = os.rename(site.state_file .. '.new', site.state_file) end
  if fault then ngx.log(ngx.ERR, 'the purges that are known could not be kept: ', fault) end
end

-- The log of one edge; nil when it gave no answer.
local function log_of(edge)
  local status, body = ask(edge, '/purge?since=' .. string.format('%.0f', state.since[edge.url] or 0), limits)
  local answer = status == 200 and cjson.decode(body)
  if type(answer) ~= 'table' or type(answer.begins) ~= 'number' then
    ngx.log(ngx.INFO, 'the edge ', edge.url, ' does not tell its purges: ', status == 200 and 'no log' or status or body)
    return nil
  end
  return purges.are_purges(answer.purges) and answer or nil
end

local function logs()
  local found, threads = {}, {}
  for index, edge in ipairs(site.edges) do threads[index] = ngx.thread.spawn(log_of, edge) end
  for index, thread in ipairs(threads) do
    local _, log = ngx.thread.wait(thread)
    if log then found[#found + 1] = { url = site.edges[index].url, begins = log.begins, purges = log.purges } end
  end
  return found
end

local function oldest_of(found)
  local oldest = math.huge
  for _, log in ipairs(found) do oldest = math.min(oldest, log.begins) end
  return oldest
end

local function apply(found)
  local is_start = not epochs.is_ready()
  local oldest = oldest_of(found)
  if is_start and oldest > math.max(0, state.upto - margin_ms) then
    epochs.raise({ { target = { kind = 'everything' }, position = oldest } }, false)
  end
  for _, log in ipairs(found) do
    if #log.purges > 0 then epochs.raise(log.purges, is_start) end
    for _, purge in ipairs(log.purges) do
      state.since[log.url] = math.max(state.since[log.url] or 0, purge.position or 0)
    end
  end
end

local function round()
  local began = math.floor(ngx.now() * 1000)
  local found = logs()
  if #found == 0 then return end
  apply(found)
  state.upto = began
  epochs.set_ready()
  save()
end

-- Of worker 0.
function M.start()
  if not epochs.is_ready() then load() end
  local function again(premature)
    if premature then return end
    local ok, fault = pcall(round)
    if not ok then ngx.log(ngx.ERR, 'the purges could not be read: ', fault) end
    ngx.timer.at(epochs.is_ready() and site.sync_seconds or start_seconds, again)
  end
  ngx.timer.at(0, again)
end

return M
