-- Ends the request with a problem document: the same as an edge's, written down in halftone/site.lua.
local site = require 'halftone.site'

return function(why)
  local problem = site.refusals[why]
  ngx.status = problem.status
  for name, value in pairs(problem.headers) do ngx.header[name] = value end
  ngx.print(problem.body)
  return ngx.exit(problem.status)
end
