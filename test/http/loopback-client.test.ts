// Who is told what is only for this machine: asked over real sockets, as browsers and as proxies ask.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isDemoOpen, isPrivate, makeConfig } from '../../config.ts'
import { isLoopbackClient } from '../../http/loopback-client.ts'
import { createHalftone, type Halftone } from '../../main.ts'
import { createMetrics } from '../../metrics.ts'
import { type Listening, listen } from '../../wire/server.ts'

const dir = mkdtempSync(join(tmpdir(), 'halftone-nearby-'))
let halftone: Halftone
let server: Listening

beforeAll(async () => {
  const config = makeConfig({ dataDir: dir, samples: false, port: 0, optimiseWorkers: 1, workers: 1 }, {})
  halftone = await createHalftone({
    config,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    version: '1',
  })
  server = await listen({ host: '127.0.0.1', port: 0, listener: halftone.listener })
})
afterAll(async () => {
  await server.close(0)
  await halftone.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The whole answer to a request written by hand. */
async function answerTo(lines: readonly string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

const near = () => `Host: 127.0.0.1:${server.port}`

describe.each([
  ['/', /halftone-demo/],
  ['/metrics', /^# HELP/m],
])('%s', (path, told) => {
  test('tells a browser of this machine', async () => {
    expect(await answerTo([`GET ${path} HTTP/1.1`, near()])).toMatch(told)
  })

  test.each<[string, () => readonly string[]]>([
    ['a proxy that says for whom it asks', () => ['1.1', near(), 'X-Forwarded-For: 203.0.113.7']],
    ['a proxy that says what it is', () => ['1.1', near(), 'Via: 1.1 front']],
    ['nginx as it comes, which says nothing and asks in HTTP/1.0', () => ['1.0', near()]],
    ['a proxy that keeps the name the stranger asked', () => ['1.1', 'Host: pictures.example']],
  ])('does not tell %s', async (_who, asked) => {
    const [version, ...headers] = asked()
    expect(await answerTo([`GET ${path} HTTP/${version}`, ...headers])).not.toMatch(told)
  })
})

test.each(['192.168.1.4', '203.0.113.7', '::2', '::ffff:10.0.0.1', undefined])(
  'a socket from %s is not near, whatever it says',
  (remoteAddress) => {
    expect(isLoopbackClient({ headers: { host: 'localhost' }, httpVersion: '1.1', remoteAddress })).toBe(
      false,
    )
  },
)

test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
  'a socket from %s is near',
  (remoteAddress) => {
    expect(isLoopbackClient({ headers: { host: 'localhost' }, httpVersion: '1.1', remoteAddress })).toBe(true)
  },
)

test.each([
  [{}, true],
  [{ publicUrl: 'http://localhost:8080' }, true],
  [{ publicUrl: 'http://[::1]:8080' }, true],
  [{ publicUrl: 'https://pictures.example' }, false],
  [{ host: '0.0.0.0' }, false],
])('settings %j are for this machine alone: %s', (written, isAlone) => {
  const config = makeConfig(written, {})
  expect(isPrivate(config)).toBe(isAlone)
  expect(isDemoOpen(config)).toBe(isAlone)
})
