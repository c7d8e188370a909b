-- Verifies signatures of addresses. Twin of edge/signature.ts; HMAC and MD5 are those of nginx's own libcrypto.
local ffi = require 'ffi'
local find, gmatch, gsub, sub = string.find, string.gmatch, string.gsub, string.sub

ffi.cdef [[
const void *EVP_sha256(void);
unsigned char *HMAC(const void *md, const void *key, int key_len, const unsigned char *d, size_t n, unsigned char *out, unsigned int *out_len);
int CRYPTO_memcmp(const void *a, const void *b, size_t len);
]]
local C = ffi.C
local digest, digest_length = ffi.new('unsigned char[64]'), ffi.new('unsigned int[1]')

local M = {}

local digests = {
  ['hmac-sha256'] = function(key, text)
    C.HMAC(C.EVP_sha256(), key, #key, text, #text, digest, digest_length)
    local encoded = ngx.encode_base64(ffi.string(digest, digest_length[0]), true)
    return (gsub(encoded, '[+/]', { ['+'] = '-', ['/'] = '_' }))
  end,
  ['imgix-md5'] = function(key, text)
    return ngx.md5(key .. text)
  end,
}

function M.same(expected, received)
  return #expected == #received and C.CRYPTO_memcmp(expected, received, #expected) == 0
end

-- Takes the `s` pair out of the query, leaving every other byte as it was; with no other pair the `?` goes too.
local function split(target)
  local mark = find(target, '?', 1, true)
  if not mark then return target, nil end
  local rest, signature, count = {}, nil, 0
  for pair in gmatch(sub(target, mark + 1) .. '&', '([^&]*)&') do
    if sub(pair, 1, 2) == 's=' then
      count = count + 1
      signature = sub(pair, 3)
    else
      rest[#rest + 1] = pair
    end
  end
  local query = #rest > 0 and '?' .. table.concat(rest, '&') or ''
  -- Two signatures are two chances to guess; there is never a reason to send them.
  return sub(target, 1, mark - 1) .. query, count == 1 and signature or nil
end

-- Nil when `target`, exactly as received, is signed by one of the keys; else 'unsigned' or 'bad-signature'.
function M.fault(target, scheme, keys)
  if #keys == 0 then return nil end
  local signed, signature = split(target)
  if not signature then return 'unsigned' end
  local matches = false
  -- Every key is tried, so the time taken does not tell which one was nearly right.
  for _, key in ipairs(keys) do
    if M.same(digests[scheme](key, signed), signature) then matches = true end
  end
  return not matches and 'bad-signature' or nil
end

return M
