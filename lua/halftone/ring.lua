-- The node for a key by a consistent hash ring. Twin of wire/hash-ring.ts.
local bit = require 'bit'
local band, bxor, lshift, rshift, tobit = bit.band, bit.bxor, bit.lshift, bit.rshift, bit.tobit

local M = {}

local points_per_node = 160

-- The low 32 bits of a product; halves of `a`, because a number holds 53 bits.
local function multiply(a, b)
  return tobit(band(a, 0xffff) * b + lshift(tobit(rshift(a, 16) * b), 16))
end

-- FNV-1a, then MurmurHash3's finaliser: from 0 to 2^32 - 1.
function M.hash(text)
  local h = tobit(0x811c9dc5)
  for i = 1, #text do h = multiply(bxor(h, text:byte(i)), 0x01000193) end
  h = multiply(bxor(h, rshift(h, 16)), 0x85ebca6b)
  h = multiply(bxor(h, rshift(h, 13)), 0xc2b2ae35)
  return bxor(h, rshift(h, 16)) % 4294967296
end

function M.new(nodes)
  local points = {}
  for index, node in ipairs(nodes) do
    for i = 0, points_per_node - 1 do
      points[#points + 1] = { hash = M.hash(node .. '#' .. i), node = node, index = index }
    end
  end
  table.sort(points, function(a, b) return a.hash < b.hash or (a.hash == b.hash and a.node < b.node) end)
  return { points = points, count = #nodes }
end

local function first_at_or_after(points, wanted)
  local low, high = 1, #points + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if points[middle].hash < wanted then low = middle + 1 else high = middle end
  end
  return low
end

-- Places of all nodes in the list that the ring was made of: first the key's own, then its successors.
function M.order(ring, key)
  local found, seen = {}, {}
  local at = first_at_or_after(ring.points, M.hash(key)) - 1
  while #found < ring.count do
    local point = ring.points[at % #ring.points + 1]
    if not seen[point.index] then
      seen[point.index] = true
      found[#found + 1] = point.index
    end
    at = at + 1
  end
  return found
end

return M
