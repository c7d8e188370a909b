// What Redis does for a lease, each as one step. The hash has the fields `owner` (a token), `member` and `since` while the
// work is done, `at` when it is done, and `w:<member>` for each member that waits. Times are those of the server alone.
import type { Script } from '../redis.ts'

const now = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Arguments: token, member, hedgeMs, leaseMs. Says what is the case, and where or for how long. */
export const takeScript: Script = {
  keys: 1,
  lua: `${now}
local work = redis.call('HMGET', KEYS[1], 'at', 'owner', 'since', 'member')
if work[1] then return { 'done', work[1] } end
if work[2] then
  local left = work[3] + ARGV[3] - now
  if left > 0 then
    redis.call('HSET', KEYS[1], 'w:' .. ARGV[2], '1')
    return { 'held', tostring(math.min(left, redis.call('PTTL', KEYS[1]) + 1)) }
  end
  redis.call('HSET', KEYS[1], 'w:' .. work[4], '1')
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'member', ARGV[2], 'since', tostring(now))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'granted' }`,
}

/** Arguments: token, leaseMs. */
export const renewScript: Script = {
  keys: 1,
  lua: `if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`,
}

/**
 * Arguments: token, where it is (or nothing), keepMs, what the channels of members begin with, the message. A holder that
 * was passed over tells of its work all the same; of its failure only the holder of now does.
 */
export const releaseScript: Script = {
  keys: 1,
  lua: `local fields = redis.call('HGETALL', KEYS[1])
local owner, waiting = nil, {}
for i = 1, #fields, 2 do
  if fields[i] == 'owner' then owner = fields[i + 1] end
  local member = string.match(fields[i], '^w:(.+)$')
  if member then waiting[#waiting + 1] = member end
end
if ARGV[2] == '' and owner ~= ARGV[1] then return end
if ARGV[2] ~= '' and tonumber(ARGV[3]) > 0 then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'at', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
elseif owner == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
for _, member in ipairs(waiting) do redis.call('PUBLISH', ARGV[4] .. member, ARGV[5]) end`,
}
