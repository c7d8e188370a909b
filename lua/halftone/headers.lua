-- The age of an answer that nginx kept (RFC 9111 5.1): it hands out the age that the answer had when it came.
local M = {}

local aged = { HIT = true, STALE = true, UPDATING = true }

function M.filter()
  local var = ngx.var
  if not aged[var.upstream_cache_status] then return end
  local came = ngx.parse_http_time(var.upstream_http_date or '')
  if not came then return end
  local age = (tonumber(var.upstream_http_age) or 0) + math.max(0, ngx.time() - came)
  ngx.header['Age'] = age
end

return M
