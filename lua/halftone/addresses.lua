-- The address of a host by the system's resolver. It waits, so it is for the start, where nginx resolves its own names.
local ffi = require 'ffi'

ffi.cdef [[
struct halftone_addrinfo {
  int ai_flags, ai_family, ai_socktype, ai_protocol;
  unsigned int ai_addrlen;
  struct sockaddr *ai_addr;
  char *ai_canonname;
  struct halftone_addrinfo *ai_next;
};
int getaddrinfo(const char *node, const char *service, const struct halftone_addrinfo *hints, struct halftone_addrinfo **found);
void freeaddrinfo(struct halftone_addrinfo *found);
int getnameinfo(const struct sockaddr *addr, unsigned int addrlen, char *host, unsigned int hostlen, char *serv, unsigned int servlen, int flags);
]]

local numeric_host = 1
local stream = 1

-- Its first address in figures, an IPv6 one in brackets; nil when there is none.
return function(host)
  local hints = ffi.new('struct halftone_addrinfo')
  hints.ai_socktype = stream
  local found = ffi.new('struct halftone_addrinfo *[1]')
  local name = host:gsub('^%[', ''):gsub('%]$', '')
  if ffi.C.getaddrinfo(name, nil, hints, found) ~= 0 then return nil end
  local text = ffi.new('char[64]')
  local first = found[0]
  local fault = ffi.C.getnameinfo(first.ai_addr, first.ai_addrlen, text, 64, nil, 0, numeric_host)
  ffi.C.freeaddrinfo(found[0])
  if fault ~= 0 then return nil end
  local address = ffi.string(text)
  return address:find(':', 1, true) and '[' .. address .. ']' or address
end
