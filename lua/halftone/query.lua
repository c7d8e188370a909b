-- The query of an address: what counts, in order, in one spelling. Twin of edge/front-query.ts.
local find, gmatch, lower, sub = string.find, string.gmatch, string.lower, string.sub
local concat, sort = table.concat, table.sort

local M = {}

local most_pairs = 100

local function keep_first(first, name, base64, value)
  local before = first[name]
  if before and name == 'auto' then
    first[name] = before .. ',' .. value
  elseif not before and not first[name .. '64'] then
    first[base64 and name .. '64' or name] = value
  end
end

-- False for a pair that takes more reading: its key is encoded, or what is left of a page that escaped it twice.
local function take(pair, keys, found)
  local at = find(pair, '=', 1, true)
  local key = at and sub(pair, 1, at - 1) or pair
  local value = at and sub(pair, at + 1) or ''
  local meaning = keys[key]
  if not meaning then
    if find(key, '[%%+;?]') then return false end
    meaning = keys[lower(key)]
    if not meaning then return true end
  end
  if meaning.counts == 'refused' then return false end
  if meaning.pictures then found.pictures = true end
  local name, base64 = meaning.name, meaning.base64
  if name == 's' then return not base64 and #value <= 200 and find(value, '^[%w_-]+$') ~= nil end
  if meaning.counts == 'all' then
    found.all[#found.all + 1] = name .. (base64 and '64=' or '=') .. value
  else
    keep_first(found.first, name, base64, value)
  end
  return true
end

local function found_in(query, keys)
  if find(query, '[^\33-\126]') then return nil end
  local found = { first = {}, all = {}, pictures = false }
  local from = 1
  for _ = 1, most_pairs do
    local at = find(query, '&', from, true)
    if not take(sub(query, from, at and at - 1), keys, found) then return nil end
    if not at then return found end
    from = at + 1
  end
  return nil
end

-- A list of words in their order, each once; nil for anything but words.
local function list_in(value)
  if not find(value, '^[A-Za-z,-]+$') then return nil end
  local words, seen = {}, {}
  for word in gmatch(lower(value) .. ',', '([^,]*),') do
    if not seen[word] then
      seen[word] = true
      words[#words + 1] = word
    end
  end
  sort(words)
  return words, seen
end

-- Puts the lists in order; false where one is no list.
local function settle(first)
  local seen_in = { auto = {}, ch = {} }
  for _, name in ipairs({ 'auto', 'ch' }) do
    if first[name] then
      local words, seen = list_in(first[name])
      if not words then return false end
      first[name] = concat(words, ',')
      seen_in[name] = seen
    end
  end
  return seen_in
end

local function is_odd(first)
  local expires, format = first.expires, first.fm
  if first.fm64 or first.expires64 then return true end
  if expires and not (#expires <= 10 and find(expires, '^%d+$')) then return true end
  return format and not (#format <= 20 and find(format, '^[%w_]+$'))
end

-- Nil for a query that is too odd to be judged cheaply.
function M.read(query, defaults, keys)
  local found = found_in(defaults == '' and query or query .. '&' .. defaults, keys)
  if not found then return nil end
  local first = found.first
  local seen_in = not is_odd(first) and settle(first)
  if not seen_in then return nil end
  local written = found.all
  for name, value in pairs(first) do written[#written + 1] = name .. '=' .. value end
  sort(written)
  return {
    pairs = concat(written, '&'),
    negotiates = seen_in.auto.format or (first.fm ~= nil and lower(first.fm) == 'auto'),
    jxl = seen_in.auto.jxl or false,
    width = seen_in.ch.width or false,
    dpr = seen_in.ch.dpr or false,
    save_data = seen_in.ch['save-data'] or false,
    expires = first.expires and tonumber(first.expires) or nil,
    original = first.fm ~= nil and lower(first.fm) == 'original',
    pictures = found.pictures,
  }
end

return M
