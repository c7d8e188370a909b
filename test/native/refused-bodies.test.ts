// What is refused before its body was read, by every face: the client gets the refusal however it sends, and its
// connection goes on, or says that it ends.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aHalftone, type Halftone } from '../uploadcare/halftone.ts'

const sizes = [0, 1, 200_000, 3_000_000]
const long = [3_000_000]
let halftone: Halftone
const tokens: Record<string, string> = {}

beforeAll(async () => {
  halftone = await aHalftone({ maxUploadBytes: '2MB', maxOptimiseBytes: '2MB' })
  const token = ({ publicKey, secretKey }: { publicKey: string; secretKey: string }) =>
    `authorization: Bearer ${publicKey}.${secretKey}\r\n`
  tokens.right = token(await halftone.keys('shop'))
  tokens.reader = token(await halftone.keys('shop', {}, ['usage']))
  const { key, secret } = await halftone.accounts.create({
    ...{ project: 'spent', user: 'bob', scopes: ['*'], quotas: { calls: 0 } },
  })
  tokens.spent = token({ publicKey: key.id, secretKey: secret })
})
afterAll(() => halftone?.stop())

type Kind = 'json' | 'text' | 'raw' | 'form'

const boundary = 'a7f3c91e'
const types: Readonly<Record<Kind, string>> = {
  json: 'application/json',
  text: 'text/plain',
  raw: 'application/octet-stream',
  form: `multipart/form-data; boundary=${boundary}`,
}

function bodyOf(kind: Kind, size: number): Buffer {
  const filling = Buffer.alloc(size, 'x')
  if (size === 0 || kind === 'raw') return filling
  if (kind !== 'form') return Buffer.from(`{"a":"${filling}"}`)
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n`
  return Buffer.from(`${head}${filling}\r\n--${boundary}--\r\n`)
}

const framings = ['length', 'chunked'] as const
const manners = ['blind', 'last', 'patient', 'impatient'] as const

interface Sending {
  readonly head: string
  readonly body: Buffer
  readonly framing: (typeof framings)[number]
  /** Sends all before it reads; and then closes; asks before it sends, and waits for the answer, or does not. */
  readonly manner: (typeof manners)[number]
}

const asking = 'expect: 100-continue\r\n'
const next = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'

/** The statuses of all that came back: of the refusal, and of the next request where the connection goes on. */
async function statusesOf({ head, body, framing, manner }: Sending): Promise<number[]> {
  const { port, hostname } = new URL(halftone.url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  const framed =
    framing === 'length' || body.length === 0
      ? body
      : Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')])
  const end = framing === 'length' ? '' : '0\r\n\r\n'
  const length = framing === 'length' ? `content-length: ${body.length}` : 'transfer-encoding: chunked'
  const fields = { blind: '', last: 'connection: close\r\n', patient: asking, impatient: asking }
  const after = Buffer.from(manner === 'last' ? end : `${end}${next}`)
  const sendBody = () => socket.write(Buffer.concat([framed, after]), () => socket.resume())

  socket.write(`${head}host: a\r\n${length}\r\n${fields[manner]}\r\n`)
  if (manner !== 'patient') {
    socket.pause()
    sendBody()
  }
  let said = ''
  let isAsked = manner !== 'patient'
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject).on('close', () => resolve())
    socket.on('data', (chunk) => {
      said += chunk
      if (!isAsked && said.startsWith('HTTP/1.1 100 ')) {
        isAsked = true
        sendBody()
      }
      if (said.includes('HTTP/1.1 200 ')) resolve()
    })
  })
  const statuses = [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  return statuses
    .filter((status) => status !== 100)
    .concat(/\r\nconnection: close\r\n/i.test(said) ? 200 : [])
}

type Case = [request: string, kind: Kind, key: string, status: number, sizes?: readonly number[]]

const cases: Case[] = [
  ['POST /v1/keys', 'json', 'none', 401],
  ['POST /v1/files', 'raw', 'none', 401],
  ['POST /v1/files', 'form', 'none', 401],
  ['POST /v1/optimize', 'json', 'none', 401],
  ['POST /v1/optimize', 'raw', 'none', 401],
  ['POST /v1/optimize', 'form', 'none', 401],
  ['POST /v1/keys', 'json', 'reader', 403],
  ['POST /v1/files', 'raw', 'reader', 403],
  ['POST /v1/files', 'form', 'reader', 403],
  ['POST /v1/nothing', 'json', 'right', 404],
  ['PUT /v1/files/multipart/00000000-0000-4000-8000-000000000000/1', 'raw', 'right', 404],
  ['PUT /v1/keys', 'json', 'right', 405],
  ['PUT /v1/optimize', 'raw', 'right', 405],
  ['POST /nowhere/photo.jpg', 'form', 'none', 405],
  ['POST /healthz', 'raw', 'none', 405],
  ['POST /v1/keys', 'json', 'right', 413, long],
  ['POST /v1/files/multipart', 'json', 'right', 413, long],
  ['POST /v1/files', 'raw', 'right', 413, long],
  ['POST /v1/files', 'form', 'right', 413, long],
  ['POST /v1/optimize', 'json', 'right', 413, long],
  ['POST /v1/optimize', 'raw', 'right', 415, [200_000]],
  ['POST /v1/optimize', 'form', 'right', 415, [200_000, 3_000_000]],
  ['POST /v1/keys', 'text', 'right', 415, [1, 200_000]],
  ['POST /v1/files', 'raw', 'spent', 429],
  ['POST /v1/files', 'form', 'spent', 429],
  ['POST /v1/optimize', 'json', 'spent', 429],
  ['POST /base/', 'form', 'none', 400, long],
  ['POST /base/', 'form', 'none', 403, [1, 200_000]],
  ['POST /webhooks/', 'json', 'none', 406],
  ['POST /1.0/upload', 'form', 'none', 401],
  ['POST /v1/upload', 'form', 'none', 415, [1, 200_000, 3_000_000]],
]

describe.each(cases)('%s as %s with the key %s is %i', (request, kind, key, status, some = sizes) => {
  test.each(framings)('%s', async (framing) => {
    for (const size of some)
      for (const manner of manners) {
        const head = `${request} HTTP/1.1\r\ncontent-type: ${types[kind]}\r\n${tokens[key] ?? ''}`
        const statuses = await statusesOf({ head, framing, manner, body: bodyOf(kind, size) })
        expect([size, manner, ...statuses]).toEqual([size, manner, status, 200])
      }
  })
})
