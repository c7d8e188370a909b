import { expect, test } from 'vitest'
import { connectionFields } from '../../http/hop-by-hop.ts'

test.each<[string | undefined, readonly string[], readonly string[]]>([
  [undefined, ['connection', 'te', 'proxy-authorization'], ['etag', 'x-own']],
  ['keep-alive', ['keep-alive', 'upgrade'], ['x-own']],
  ['close, X-Own ,, Foo', ['x-own', 'foo', 'transfer-encoding'], ['etag', 'close-to']],
  // What says how a message ends and where it goes cannot be cut out of it.
  ['Content-Length, HOST, cookie, x-own', ['x-own'], ['content-length', 'host', 'cookie']],
])('Connection: %s', (connection, dropped, kept) => {
  const fields = connectionFields(connection)
  expect(dropped.filter((name) => !fields.has(name))).toEqual([])
  expect(kept.filter((name) => fields.has(name))).toEqual([])
})
