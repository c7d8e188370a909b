// Health and metrics of this process, as an app and as a listener for processes without an edge.
import type { Hono } from 'hono'
import { isPrivate } from '../config.ts'
import { createOperation, operationPaths } from '../operation/index.ts'
import { sendInMemory } from '../wire/send-answer.ts'
import { type Listener, neighbourBy, notNeighbour, showsSecret } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'
import { honoListener } from './hono-listener.ts'

export function assembleOperation({ config, metrics, faults, version, redis, siblings }: Assembly): Hono {
  return createOperation({
    registry: siblings
      ? { contentType: metrics.registry.contentType, metrics: siblings.metrics }
      : metrics.registry,
    isPrivate: isPrivate(config),
    notReady: () => faults.map((fault) => fault()).find((reason) => reason !== undefined),
    details: () => (redis ? { redis: redis.state() } : {}),
    version,
    ...(config.metricsToken === undefined ? {} : { metricsToken: config.metricsToken }),
  })
}

/**
 * The operator's paths in front of a listener that has no framework: everything else goes straight to it. They need no
 * secret, but the check of a neighbour that shows a wrong one must not go well.
 */
export function withOperation({ config, refused }: Assembly, operation: Hono, listener: Listener): Listener {
  const framework = honoListener(operation.fetch)
  const isNeighbour = neighbourBy(config.tierSecret)
  return (request, response) => {
    if (!operationPaths.has(request.url)) listener(request, response)
    else if (!showsSecret(request) || isNeighbour(request)) framework(request, response)
    else {
      refused(request)
      sendInMemory(request, response, notNeighbour())
    }
  }
}
