// The shared log of purges as a stream in Redis. A Redis that comes back without its data, or that fell back to a replica
// which had not heard of the newest orders yet, is told where its members stand, so that they need not forget everything.
import { type Behind, purgeIn, type SharedLog, type SharedOrder } from '../purging/index.ts'
import type { RedisRoom, Script } from './redis.ts'

/** Some hundred bytes each. */
const mostOrders = 5000

export function createPurgeStream(redis: RedisRoom, { most = mostOrders } = {}): SharedLog {
  const append = redis.script(appendScript)
  const behind = redis.script(behindScript)
  const stream = redis.name('purges')
  return {
    async append(purges, known) {
      const args = [JSON.stringify(purges), String(most), known ?? '']
      const [place, after] = (await append([stream], args)) as [string, string]
      return { place, after }
    },
    async behind(known) {
      const [end, isWhole, written] = (await behind([stream], [known ?? ''])) as [string, number, Written[]]
      return readBehind(end, isWhole === 1, written)
    },
  }
}

/** An entry: its identifier, and its fields and their values in turn. */
type Written = readonly [string, readonly string[]]

function readBehind(end: string, isWhole: boolean, written: readonly Written[]): Behind {
  const orders = written.map(orderIn)
  const known = orders.filter((order) => order !== undefined)
  return { orders: known, end, isWhole: isWhole && known.length === orders.length }
}

/** Undefined for a mark that what was before it is lost, and for what this version does not know. */
function orderIn([place, [field, value = '']]: Written): SharedOrder | undefined {
  if (field !== 'purges') return undefined
  try {
    const purges = (JSON.parse(value) as unknown[]).map(purgeIn)
    const known = purges.filter((purge) => purge !== undefined)
    return known.length === purges.length ? { place, purges: known } : undefined
  } catch {
    return undefined
  }
}

const newest = `local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]`

/** Arguments: the purges, how many orders are kept, what the caller knows. */
const appendScript: Script = {
  keys: 1,
  lua: `${newest}
if not newest then
  local begin = ARGV[3] == '' and '*' or ARGV[3]
  if not pcall(redis.call, 'XADD', KEYS[1], begin, 'begin', '1') then redis.call('XADD', KEYS[1], '*', 'begin', '1') end
  ${newest.replace('local ', '')}
end
return { redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 'purges', ARGV[1]), newest[1] }`,
}

/**
 * Arguments: what the caller knows. A member whose newest order the log has lost, together with all after it, marks the
 * place: those who know less see the mark, and forget everything.
 */
const behindScript: Script = {
  keys: 1,
  lua: `${newest}
local function older(a, b)
  local a1, a2 = string.match(a, '^(%d+)-(%d+)$')
  local b1, b2 = string.match(b, '^(%d+)-(%d+)$')
  a1, a2, b1, b2 = tonumber(a1), tonumber(a2), tonumber(b1), tonumber(b2)
  return a1 < b1 or (a1 == b1 and a2 < b2)
end
if ARGV[1] == '' then
  if newest then return { newest[1], 0, {} } end
  return { redis.call('XADD', KEYS[1], '*', 'begin', '1'), 0, {} }
end
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 1 then
  return { newest[1], 1, redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+') }
end
if not newest or older(newest[1], ARGV[1]) then
  if pcall(redis.call, 'XADD', KEYS[1], ARGV[1], 'begin', '1') then return { ARGV[1], 1, {} } end
end
if newest then return { newest[1], 0, {} } end
return { redis.call('XADD', KEYS[1], '*', 'begin', '1'), 0, {} }`,
}
