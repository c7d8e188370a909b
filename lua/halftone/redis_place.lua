-- Where the Redis is that has the buckets: one server as it was written, the master that sentinels name, or the node of a
-- Cluster that the others point to. What was found is known to all workers.
local M = {}

local known_key = 'redis'

local function address_of(host, port)
  return host .. ' ' .. port
end

-- Host and port of the server to be asked now; nil while none is known.
function M.now(dict, place)
  local known = dict:get(known_key)
  if known then
    local host, port = string.match(known, '^(%S+) (%d+)$')
    return host, tonumber(port)
  end
  if place.kind == 'sentinel' then return nil, 'no master is known yet' end
  return place.nodes[1].host, place.nodes[1].port
end

-- Of a Cluster's refusal "MOVED 3999 127.0.0.1:6381". True when another node is to be asked now.
function M.moved(dict, refusal)
  local host, port = string.match(refusal or '', '^MOVED %d+ (%S+):(%d+)$')
  if not host then return false end
  dict:set(known_key, address_of(host, port))
  return true
end

-- In the background: finds the server anew after the one that was known has failed. `say` asks one command of one node.
function M.find(dict, place, say)
  if place.kind == 'single' then return end
  for _, node in ipairs(place.nodes) do
    if place.kind == 'sentinel' then
      local reply = say(node.host, node.port, 'sentinel', 'get-master-addr-by-name', place.master)
      if type(reply) == 'table' and reply[1] then return dict:set(known_key, address_of(reply[1], reply[2])) end
    elseif say(node.host, node.port, 'ping') then
      return dict:set(known_key, address_of(node.host, node.port))
    end
  end
end

return M
