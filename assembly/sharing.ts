// Work that is done once for all members: the leases, what is held for others, and the connections to them.
import { createMemberTiers } from '../wire/members.ts'
import { sendInMemory } from '../wire/send-answer.ts'
import { notNeighbour, serveTier } from '../wire/tier-listener.ts'
import type { Assembly, Sharing } from './context.ts'
import type { Purging } from './purging.ts'
import { selfOf } from './self.ts'

/** A holder that says nothing for so long is taken for dead. */
const leaseMs = 2000
const heldBytes = 64 * 2 ** 20

/** Loaded only where there is Redis. */
export async function assembleSharing(
  assembly: Assembly,
  { place }: Pick<Purging, 'place'>,
): Promise<Sharing | undefined> {
  const { config, redis, metrics, closing, refused, now = Date.now } = assembly
  if (!redis || !config.roles.includes('origin')) return undefined
  const [{ createRedisLeases }, { createSharing, holdMs }, { createHeldAnswers, heldPath }] =
    await Promise.all([
      import('../cluster/leases/redis.ts'),
      import('../cluster/sharing.ts'),
      import('../cluster/held-answers.ts'),
    ])
  const leases = createRedisLeases(redis, { hedgeMs: config.hedgeMs, leaseMs })
  const held = createHeldAnswers({ maxBytes: heldBytes, holdMs, now })
  const members = createMemberTiers({
    secret: config.tierSecret[0],
    connectMs: config.connectMs,
    answerMs: config.hedgeMs,
    connections: 64,
  })
  closing.push(members.close, leases.close)
  metrics.gauge('halftone_leases_held', 'Work that this process does for all members now.', leases.held)
  const share = createSharing({
    ...{ leases, held },
    self: selfOf(config),
    memberAt: members.at,
    observe: (outcome) => metrics.outcome('cluster', outcome),
  })
  const secrets = config.tierSecret
  const serve = serveTier(held.tier, { secrets, refused })
  return {
    // Nobody joins what began before a purge, and nobody who does not know of all purges joins anything.
    async share(errand) {
      const known = place()
      if (known === undefined) return { answer: await errand.fly() }
      return share({ ...errand, key: `${known} ${errand.key}` })
    },
    isHeld: ({ url }) => url?.startsWith(`${heldPath}/`) === true,
    listener: (request, response) => {
      if (secrets.length > 0) serve(request, response)
      else sendInMemory(request, response, notNeighbour())
    },
  }
}
