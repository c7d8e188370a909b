// A thousand webhooks to a receiver that fails half the time, stalls, and sends us to where we may not go: each is
// delivered or dead-lettered as promised, and no forbidden address is ever connected to.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { webhooks } from '../../api/services/hooks/deliverer.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import { isSigned } from '../../api/services/hooks/signature.ts'
import { createGuard } from '../../fetch/guard.ts'
import { type DeliveryRecord, openRecords, type Records } from '../../records/index.ts'
import { times } from './cdn.ts'

const secret = 'the receiver knows it as well'
const count = 1000
/** Long enough for a busy machine, short enough for those that stall. */
const deadlineMs = 5000

/** How the receiver treats a webhook, by its number. */
const manners = [
  'flaky',
  'flaky',
  'flaky',
  'flaky',
  'flaky',
  'fine',
  'stalls',
  'dead',
  'private',
  'patience',
] as const
type Manner = (typeof manners)[number]
const mannerOf = (number: number): Manner => {
  // Dead ones take all their attempts and stalled ones all their time: few are enough.
  const manner = manners[number % manners.length] ?? 'fine'
  const isDear = manner === 'dead' || manner === 'stalls'
  return isDear && Math.floor(number / manners.length) % 4 !== 0 ? 'fine' : manner
}

/** Half of all attempts, the same in every run. */
const isHeads = (number: number, nth: number): boolean =>
  ((Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(nth, 0x85ebca6b)) >>> 13) % 2 === 0

interface Seen {
  readonly number: number
  readonly signature: string
  readonly body: string
}

const seen: Seen[] = []
let forbidden = 0
// It stands still but for what it is turned: how fast this machine sends is no part of the waits.
let time = Date.now()
const now = () => time

async function listening(server: Server, host: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done))
  return (server.address() as AddressInfo).port
}

const trap = createServer().on('connection', (socket) => {
  forbidden++
  socket.destroy()
})
let trapPort = 0

const tries = new Map<number, number>()

const receiver = createServer(async (request, response) => {
  const number = Number(new URL(request.url ?? '/', 'http://a').searchParams.get('n'))
  let body = ''
  for await (const chunk of request) body += chunk
  seen.push({ number, signature: String(request.headers['halftone-signature']), body })
  const nth = (tries.get(number) ?? 0) + 1
  tries.set(number, nth)
  answer(mannerOf(number), { nth, number, response })
})

function answer(
  manner: Manner,
  { nth, number, response }: { nth: number; number: number; response: ServerResponse },
) {
  if (manner === 'dead') response.writeHead(500).end()
  else if (manner === 'flaky') response.writeHead(isHeads(number, nth) ? 503 : 204).end()
  else if (manner === 'stalls') nth <= 2 ? undefined : response.writeHead(200).end('thanks')
  else if (manner === 'private')
    response.writeHead(307, { location: `http://127.0.0.2:${trapPort}/secrets` }).end()
  else if (manner === 'patience')
    nth === 1 ? response.writeHead(429, { 'retry-after': '3600' }).end() : response.end()
  else response.end()
}

describe('a thousand webhooks', () => {
  let records: Records
  let log: readonly DeliveryRecord[] = []
  const dir = mkdtempSync(join(tmpdir(), 'halftone-webhooks-'))
  const numberOf = new Map<string, number>()

  beforeAll(async () => {
    trapPort = await listening(trap, '127.0.0.2')
    const port = await listening(receiver, '127.0.0.1')
    records = await openRecords({ file: join(dir, 'records.db') })
    const dispatcher = createGuard({ allowAddresses: ['127.0.0.1/32'] })
    const hooks = createHooks({
      ...{ records, dispatcher, allowAddresses: ['127.0.0.1/32'], now, deadlineMs, lookEveryMs: 100 },
      seal: createSeal('the secret of this instance'),
      log: pino({ level: 'silent' }),
    })
    await records.transaction(async (t) => {
      for (const number of times(count, (index) => index)) {
        const url = `http://127.0.0.1:${port}/?n=${number}`
        const webhook = { project: 'shop', event: 'optimise.done', url, body: { number }, secret }
        numberOf.set(await hooks.promise(t, webhook), number)
      }
    })
    await workedOff(records, hooks.poke)
    await hooks.stop()
    await dispatcher.close()
    log = await allDeliveries(records)
  }, 300_000)

  afterAll(async () => {
    await records?.close()
    rmSync(dir, { recursive: true, force: true })
    for (const server of [receiver, trap]) {
      server.closeAllConnections()
      server.close()
    }
  })

  const attemptsOf = (manner: Manner) =>
    [...Map.groupBy(log, ({ jobId }) => jobId)]
      .filter(([jobId]) => mannerOf(numberOf.get(jobId) ?? 0) === manner)
      .map(([, attempts]) => attempts.toSorted((a, b) => a.attempt - b.attempt))

  test('each is delivered, or dead after all its attempts, or at once where it may not go', async () => {
    const jobs = await allJobs(records)
    expect(jobs).toHaveLength(count)
    for (const { id, state, attempt } of jobs) {
      const manner = mannerOf(numberOf.get(id) ?? 0)
      if (manner === 'dead') expect({ state, attempt }).toEqual({ state: 'dead', attempt: 20 })
      else if (manner === 'private') expect({ state, attempt }).toEqual({ state: 'dead', attempt: 1 })
      else expect({ manner, state }).toEqual({ manner, state: 'done' })
    }
  })

  test('every attempt is in the log, with what came back, and every one that arrived was signed', () => {
    expect(log.length).toBe(seen.length)
    expect(
      attemptsOf('stalls')
        .flat()
        .filter(({ status }) => status === null)
        .every(({ error }) => error === `no answer within ${deadlineMs} ms`),
    ).toBe(true)
    for (const { number, body, signature } of seen) {
      expect(JSON.parse(body)).toEqual({ number })
      const at = Number(/t=(\d+)/.exec(signature)?.[1]) * 1000
      expect(isSigned(signature, { body, secret, at })).toBe(true)
    }
  })

  test('nobody is connected to where a redirect to a private address points', () => {
    expect(forbidden).toBe(0)
    expect(
      new Set(
        attemptsOf('private')
          .flat()
          .map(({ error }) => error),
      ).size,
    ).toBe(1)
    expect(attemptsOf('private')[0]?.[0]?.error).toMatch(/not a public|not allowed/)
  })

  test('the waits double at most, up to twelve hours, and are spread by chance', () => {
    const waits = attemptsOf('dead').map((attempts) =>
      attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0)),
    )
    for (const each of waits)
      for (const [index, wait] of each.entries()) {
        const cap = Math.min(12 * 3_600_000, 5000 * 2 ** index)
        expect(wait).toBeLessThan(cap * 1.3 + 1000)
      }
    const mean = (index: number) => waits.reduce((sum, each) => sum + (each[index] ?? 0), 0) / waits.length
    const order = [2, 5, 8, 11, 14].map(mean)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(new Set(waits.map((each) => each[10])).size).toBeGreaterThan(waits.length / 2)
  })

  test('Retry-After is waited for', () => {
    for (const [first, second] of attemptsOf('patience'))
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3_600_000)
  })
})

/** Turns the clock from what is due to what is due next, until nothing is. */
async function workedOff(records: Records, poke: () => void): Promise<void> {
  const began = now()
  for (;;) {
    poke()
    while ((await waitingNow(records)) > 0) await setTimeout(5)
    const due = await records.jobs.nextDue(webhooks)
    if (due === undefined) return
    // A little further than needed, or there would be as many turns as attempts.
    time = Math.max(due, now()) + 200 + (now() - began) * 0.02
  }
}

/** Due now, or being sent. */
async function waitingNow(records: Records): Promise<number> {
  const { rows } = await records.jobs.find({ queue: webhooks, states: ['running'], page: { limit: 1 } })
  const due = await records.jobs.nextDue(webhooks)
  return rows.length + (due !== undefined && due <= now() ? 1 : 0)
}

async function allJobs(records: Records) {
  const { rows } = await records.jobs.find({ queue: webhooks, page: { limit: count } })
  return rows
}

async function allDeliveries(records: Records): Promise<DeliveryRecord[]> {
  const all: DeliveryRecord[] = []
  for (let after: string | undefined; ; ) {
    const { rows, next } = await records.deliveries.find({
      page: { limit: 1000, ...(after ? { after } : {}) },
    })
    all.push(...rows)
    if (next === null) return all
    after = next
  }
}
