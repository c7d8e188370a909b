// Health and metrics of this process, as an app and as a listener for processes without an edge.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { isLoopback } from '../config.ts'
import { createOperation } from '../operation/index.ts'
import type { Assembly } from './parts.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

export function assembleOperation({ config, metrics, faults, version }: Assembly): Hono {
  return createOperation({
    registry: metrics.registry,
    isLoopback: isLoopback(config.host),
    notReady: () => faults.map((fault) => fault()).find((reason) => reason !== undefined),
    version,
    ...(config.metricsToken === undefined ? {} : { metricsToken: config.metricsToken }),
  })
}

export function operationListener(operation: Hono): Listener {
  const listener = getRequestListener(operation.fetch)
  return (request, response) => void listener(request, response)
}
