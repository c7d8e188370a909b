// Uploads by clients that ask before they send: a wrong key costs no body, a right one loses nothing.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aFolder } from '../cache/folder.ts'
import { aHalftone, type Halftone, type Keys } from '../uploadcare/halftone.ts'

const megabyte = 2 ** 20
const size = 3 * megabyte
const body = Buffer.alloc(size, 'a line of a text, again and again\n')
let halftone: Halftone
let keys: Keys

beforeAll(async () => {
  halftone = await aHalftone({ maxUploadBytes: '4MB', maxOptimiseBytes: '4MB' })
  keys = await halftone.keys('shop')
})
afterAll(() => halftone?.stop())

interface Asking {
  readonly path?: string
  readonly key?: string
  readonly length?: number
  readonly type?: string
}

/** The first of what the server says to the head alone. */
async function saidTo({ path = '/v1/files', key, length = size, type = 'text/plain' }: Asking) {
  const { port, hostname } = new URL(halftone.url)
  const socket = connect(Number(port), hostname)
  const authorization = key === undefined ? '' : `authorization: Bearer ${key}\r\n`
  const fields = `host: a\r\nexpect: 100-continue\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n`
  socket.write(`POST ${path} HTTP/1.1\r\n${fields}${authorization}\r\n`)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.toString().split('\r\n')[0]
}

const right = () => `${keys.publicKey}.${keys.secretKey}`

test('the body is sent for only by whom it will be taken from', async () => {
  expect(await saidTo({ key: right() })).toBe('HTTP/1.1 100 Continue')
  expect(await saidTo({})).toBe('HTTP/1.1 401 Unauthorized')
  expect(await saidTo({ key: `${keys.publicKey}.wrong` })).toBe('HTTP/1.1 401 Unauthorized')
  const reader = await halftone.keys('shop', {}, ['usage'])
  expect(await saidTo({ key: `${reader.publicKey}.${reader.secretKey}` })).toBe('HTTP/1.1 403 Forbidden')
  expect(await saidTo({ key: right(), length: 5 * megabyte })).toBe('HTTP/1.1 413 Payload Too Large')
})

test.each([
  ['/v1/optimize', 'image/jpeg'],
  ['/v1/optimize', 'multipart/form-data; boundary=x'],
  ['/v1/keys', 'application/json'],
  ['/v1/files', 'multipart/form-data; boundary=x'],
])('nor for %s as %s', async (path, type) => {
  expect(await saidTo({ path, type, key: 'a.wrong' })).toBe('HTTP/1.1 401 Unauthorized')
  expect(await saidTo({ path, type, key: right(), length: 50 * megabyte })).toBe(
    'HTTP/1.1 413 Payload Too Large',
  )
})

test.each([
  ['/base/', 'multipart/form-data; boundary=x'],
  ['/1.0/upload', 'multipart/form-data; boundary=x'],
  ['/webhooks/', 'application/json'],
])(
  'where the key stands in the body or is checked with it, as at %s, too long is said before',
  async (path, type) => {
    expect(await saidTo({ path, type, length: 500 * megabyte })).toMatch(/^HTTP\/1\.1 4/)
  },
)

describe('curl, which asks for bodies of more than a megabyte', () => {
  const send = async (key: string, to = '/v1/files') => {
    const file = join(aFolder(), 'text')
    writeFileSync(file, body)
    const { stdout } = await promisify(execFile)('curl', [
      ...['-sv', '--max-time', '20', '-H', 'content-type: text/plain', '-H', `authorization: Bearer ${key}`],
      ...['--data-binary', `@${file}`, '-w', '\n%{http_code} %{size_upload}', `${halftone.url}${to}`],
    ])
    return stdout.split('\n').at(-1)
  }

  test('uploads with the right key', async () => {
    expect(await send(right())).toBe(`201 ${size}`)
  })

  test('is refused with a wrong one before it sends', async () => {
    expect(await send('a.wrong')).toBe('401 0')
  })
})
