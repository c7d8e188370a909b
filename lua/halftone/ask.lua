-- One GET of an edge over a connection of its own: HTTP/1.0, so that the end of the connection is the end of the answer.
local site = require 'halftone.site'

return function(edge, path, limits)
  local socket = ngx.socket.tcp()
  socket:settimeouts(limits.connect, limits.answer, limits.answer)
  local ok, fault = socket:connect(edge.address or edge.host, edge.port)
  if not ok then return nil, fault end
  local lines = { 'GET ' .. path .. ' HTTP/1.0', 'Host: ' .. edge.host .. ':' .. edge.port, 'Connection: close' }
  if limits.secret and site.secrets[1] then lines[#lines + 1] = 'halftone-secret: ' .. site.secrets[1] end
  socket:send(table.concat(lines, '\r\n') .. '\r\n\r\n')
  local parts, length = {}, 0
  while true do
    local part, ended = socket:receiveany(65536)
    if not part then
      if ended ~= 'closed' then
        socket:close()
        return nil, ended
      end
      break
    end
    length = length + #part
    if length > limits.bytes then
      socket:close()
      return nil, 'the answer is too long'
    end
    parts[#parts + 1] = part
  end
  socket:close()
  local status, body = table.concat(parts):match('^HTTP/1%.[01] (%d%d%d).-\r\n\r\n(.*)$')
  if not status then return nil, 'no answer in HTTP' end
  return tonumber(status), body
end
