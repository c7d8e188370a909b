// Whatever answers at the root answers under a name of the table, and no source may have one of those.
import type { Hono } from 'hono'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import type { ApiParts } from '../../api/faces/parts.ts'
import { createApi } from '../../api/index.ts'
import { heldPath } from '../../cluster/held-answers.ts'
import { ConfigFault, makeConfig } from '../../config.ts'
import { dashboard } from '../../dashboard/index.ts'
import { wellKnown } from '../../dashboard/well-known.ts'
import { isReserved, reservedNames } from '../../http/reserved-paths.ts'
import { createOperation } from '../../operation/index.ts'
import { healthPath, processPath } from '../../processing/order-headers.ts'
import { purgePath } from '../../wire/purges.ts'

/** Parts that nobody uses before a request comes. */
const noParts = new Proxy({}, { get: () => noParts }) as ApiParts

const operation = { registry: new Registry(), isPrivate: true, notReady: () => undefined, version: '0' }
const page = { version: '0', roles: [], samples: [], api: true }

const answering: readonly (readonly [string, Pick<Hono, 'routes'>])[] = [
  ['the APIs', createApi(noParts)],
  ['operation', createOperation(operation)],
  ['what every host is asked', wellKnown()],
  ['the pages', dashboard(page)],
]

/** Where a route names its first segment; '/' is the start page, and '*' or a pattern stands for no name. */
const firstOf = (path: string): string => /^\/([^/?{:*]*)/.exec(path)?.[1] ?? ''

describe('every path at the root is in the table', () => {
  test.each(answering)('of %s', (_, { routes }) => {
    const names = new Set(routes.map(({ path }) => firstOf(path)).filter((first) => first !== ''))
    expect(names.size).toBeGreaterThan(1)
    expect([...names].filter((first) => !isReserved(first))).toEqual([])
  })

  test('of what processes ask each other', () => {
    expect(
      [healthPath, processPath, purgePath, heldPath].filter((path) => !isReserved(firstOf(path))),
    ).toEqual([])
  })
})

describe('a source cannot be named', () => {
  test.each(reservedNames.map((name) => [name]))('%s', (name) => {
    const make = () => makeConfig({ sources: { [name]: { folder: '/pictures' } } }, {})
    expect(make).toThrow(ConfigFault)
    expect(make).toThrow('the name is reserved')
  })
})

test('a name that only begins like a reserved one is free', () => {
  for (const name of ['v1x', 'healthz-photos', 'uploads', 'my-files', 'processed', 'up'])
    expect(isReserved(name)).toBe(false)
})
