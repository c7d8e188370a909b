-- Runs the cases of twin.test.ts through the Lua twins; one line each, as the TypeScript twin writes them.
local bucket = require 'halftone.bucket'
local limits = require 'halftone.limits'
local cases = require 'cases'
local targets = require 'halftone.limits_target'

for _, case in ipairs(cases.buckets) do
  local used = bucket.used_at(case.used, case.since, case, case.at)
  local remaining, full, retry = bucket.standing(used, case)
  ngx.say(string.format('%.0f %s %d %d %d', used, tostring(bucket.has_room(used, case)), remaining, full, retry))
end
for _, case in ipairs(cases.addresses) do
  ngx.say(limits.address(ngx.decode_base64(case)))
end
for _, case in ipairs(cases.targets) do
  local counted, source = targets.read(case, cases.table)
  ngx.say(counted or '-', ' ', source or '-')
end
for _, case in ipairs(cases.keys) do
  ngx.say(limits.key_in(case) or '-')
end
