// What may stand in the log: addresses without what opens them, and reasons without secrets.
import { expect, test } from 'vitest'
import { describeCause } from '../http/error-cause.ts'
import { levelOf, withoutSignature } from '../log.ts'

test.each([
  ['/shop/a.jpg?w=9&s=abc', '/shop/a.jpg?w=9&s=…'],
  ['/shop/a.jpg?s=abc&w=9', '/shop/a.jpg?s=…&w=9'],
  ['/UUID/?token=exp=1~acl=/x', '/UUID/?token=…'],
  ['/shop/a.jpg?S=abc', '/shop/a.jpg?S=…'],
  ['/shop/a.jpg?ws=9&sh=2', '/shop/a.jpg?ws=9&sh=2'],
  ['/web/https%3A%2F%2Fme%3Apw%40h%2Fa?w=1', '/web/https%3A%2F%2F…%40h%2Fa?w=1'],
  ['/web/https://me:pw@h/a', '/web/https://…@h/a'],
  [
    '/web/https%3A%2F%2Fh%2Fa%3FX-Amz-Credential%3Dme%26X-Amz-Signature%3Dabc%26v%3D1?w=1',
    '/web/https%3A%2F%2Fh%2Fa%3FX-Amz-Credential%3D…%26X-Amz-Signature%3D…%26v%3D1?w=1',
  ],
  ['/web/https%3A%2F%2Fh%2Fa%3Fsv%3D1%26sig%3Dabc&s=def', '/web/https%3A%2F%2Fh%2Fa%3Fsv%3D1%26sig%3D…&s=…'],
])('%s is logged as %s', (url, logged) => {
  expect(withoutSignature(url)).toBe(logged)
})

const coded = (code: string, more: object = {}) => Object.assign(new Error('words'), { code, ...more })
test.each([
  [undefined, undefined],
  [503, 'status 503'],
  ['all nodes are out', 'all nodes are out'],
  [coded('ECONNREFUSED', { address: '10.0.0.7', port: 80 }), 'ECONNREFUSED 10.0.0.7:80'],
  [new TypeError('fetch failed', { cause: coded('ENOTFOUND') }), 'ENOTFOUND'],
  [
    Object.assign(new Error('AccessDenied'), { code: 'AccessDenied', status: 403 }),
    'AccessDenied, status 403',
  ],
  [new Error('VipsJpeg: premature end\nof JPEG'), 'VipsJpeg: premature end of JPEG'],
  [new Error('no answer from https://me:pw@h/a?sig=abc'), 'no answer from https://...@h/a?...'],
])('the reason of %s is %s', (cause, reason) => {
  expect(describeCause(cause)).toBe(reason)
})

test.each([
  [502, 'source-failed', 'error'],
  [503, 'busy', 'error'],
  [404, 'source-missing', 'warn'],
  [422, 'too-costly', 'warn'],
  [403, 'forbidden-address', 'warn'],
  [403, 'bad-signature', 'info'],
  [404, 'unknown-source', 'info'],
  [200, undefined, 'info'],
] as const)('%i %s is written at %s', (status, failure, level) => {
  expect(levelOf(status, failure)).toBe(level)
})
