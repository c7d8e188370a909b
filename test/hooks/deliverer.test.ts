import { expect, onTestFinished, test } from 'vitest'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import {
  createDeliverer,
  type DelivererOptions,
  type WebhookPayload,
  type WebhookRequest,
  webhooks,
} from '../../api/services/hooks/deliverer.ts'
import { isSigned, sign, signBody } from '../../api/services/hooks/signature.ts'
import { Failure } from '../../errors.ts'
import { newId, openRecords } from '../../records/index.ts'
import { aFile } from '../records/folder.ts'
import { noon, times } from '../records/rows.ts'

const seal = createSeal('the secret of this instance')

/** Records, a clock that is turned by hand, and a deliverer whose dice always fall the same. */
async function aDesk(send: DelivererOptions['send'], more: Partial<DelivererOptions> = {}) {
  const records = await openRecords({ file: aFile() })
  const clock = { now: noon }
  const deliverer = createDeliverer({ records, send, seal, now: () => clock.now, random: () => 1, ...more })
  onTestFinished(async () => {
    await deliverer.stop()
    await records.close()
  })
  const promise = (named: Partial<WebhookPayload> = {}, maxAttempts = 5, id = newId(clock.now)) => {
    const payload = { url: 'https://a.example/', event: 'file.uploaded', body: '{"a":1}', ...named }
    return records.jobs.promise({ id, queue: webhooks, project: 'demo', payload, maxAttempts }, clock.now)
  }
  /** Turns the clock to the next thing that is due, until nothing is. */
  const toTheEnd = async (): Promise<void> => {
    for (
      let due: number | undefined = clock.now;
      due !== undefined;
      due = await records.jobs.nextDue(webhooks)
    ) {
      clock.now = Math.max(clock.now, due)
      deliverer.poke()
      await deliverer.idle()
    }
  }
  return { records, clock, deliverer, promise, toTheEnd }
}

test('a webhook is sent once, signed at the time of its sending, and logged', async () => {
  const sent: WebhookRequest[] = []
  const desk = await aDesk(async (outgoing) => {
    sent.push(outgoing)
    return { status: 200 }
  })
  const id = await desk.promise({
    secret: 'whisper',
    headers: { 'x-uc-signature': signBody('{"a":1}', 'uc') },
  })
  desk.clock.now += 7000
  await desk.toTheEnd()
  expect(sent).toHaveLength(1)
  expect(sent[0]?.headers).toMatchObject({ 'halftone-delivery': id, 'content-type': 'application/json' })
  const signature = sent[0]?.headers['halftone-signature'] ?? ''
  const signed = { body: sent[0]?.body ?? '', secret: 'whisper', at: noon + 7000 }
  expect(isSigned(signature, signed)).toBe(true)
  expect((await desk.records.deliveries.find({ jobId: id })).rows).toMatchObject([
    { status: 200, attempt: 1, error: null, project: 'demo', at: noon + 7000 },
  ])
  expect(await desk.records.jobs.get(id)).toMatchObject({ state: 'done' })
})

test('what lies sealed is opened for the receiver: the secret to sign with, and its own headers', async () => {
  const sent: WebhookRequest[] = []
  const desk = await aDesk(async (outgoing) => {
    sent.push(outgoing)
    return { status: 200 }
  })
  const id = newId(noon)
  const secrets = { secret: 'whisper', headers: { authorization: 'Basic YTpi' } }
  await desk.promise({ sealed: seal.close(id, JSON.stringify(secrets)) }, 1, id)
  await desk.toTheEnd()
  const signature = sent[0]?.headers['halftone-signature'] ?? ''
  expect(isSigned(signature, { body: '{"a":1}', secret: 'whisper', at: noon })).toBe(true)
  expect(sent[0]?.headers.authorization).toBe('Basic YTpi')
})

test('what another instance sealed is not sent without its signature', async () => {
  const sent: WebhookRequest[] = []
  const desk = await aDesk(async (outgoing) => {
    sent.push(outgoing)
    return { status: 200 }
  })
  const id = newId(noon)
  await desk.promise({ sealed: createSeal('another').close(id, '{"secret":"whisper"}') }, 2, id)
  await desk.toTheEnd()
  expect(sent).toEqual([])
  expect((await desk.records.deliveries.find({ jobId: id })).rows).toMatchObject([
    { attempt: 2, status: null, error: 'its secret was sealed by another instance' },
    { attempt: 1 },
  ])
})

test('a receiver that fails is asked again, each time after twice the wait, and never again once dead', async () => {
  const desk = await aDesk(async () => ({ status: 503 }))
  const id = await desk.promise()
  await desk.toTheEnd()
  const { rows } = await desk.records.deliveries.find({ jobId: id })
  expect(rows.map(({ at }) => at - noon).reverse()).toEqual([0, 5000, 15_000, 35_000, 75_000])
  expect(await desk.records.jobs.get(id)).toMatchObject({ state: 'dead', error: 'answered 503' })
})

test('Retry-After is waited for, and a forbidden address is not tried twice', async () => {
  const desk = await aDesk(async ({ url }) => {
    if (url.includes('10.0.0.1')) throw new Failure('forbidden-address', 'The address is not allowed.')
    return desk.clock.now < noon + 60_000 ? { status: 429, waitMs: 60_000 } : { status: 204 }
  })
  const patient = await desk.promise()
  const forbidden = await desk.promise({ url: 'http://10.0.0.1/' })
  await desk.toTheEnd()
  const log = async (jobId: string) => (await desk.records.deliveries.find({ jobId })).rows
  expect((await log(patient)).map(({ at }) => at - noon)).toEqual([60_000, 0])
  expect(await log(forbidden)).toHaveLength(1)
  expect(await desk.records.jobs.get(forbidden)).toMatchObject({
    state: 'dead',
    error: 'The address is not allowed.',
  })
})

test('of 300 webhooks to receivers that fail, break and stall, each is delivered or dead, and the log says why', async () => {
  let dice = 1
  const draw = (): number => {
    dice = (dice * 16807) % 2147483647
    return dice / 2147483647
  }
  const desk = await aDesk(
    ({ url }) => {
      if (url.endsWith('/stalls')) return new Promise(() => {})
      if (draw() < 0.25) return Promise.reject(new Error('ECONNRESET'))
      return Promise.resolve({ status: draw() < 0.35 ? 500 : 200 })
    },
    { deadlineMs: 30, random: draw },
  )
  const urlOf = (i: number) => `https://a.example/${i % 20 === 0 ? 'stalls' : i}`
  const ids = await Promise.all(times(300, (i) => desk.promise({ url: urlOf(i) }, 8)))
  await desk.toTheEnd()
  const jobs = await Promise.all(ids.map((id) => desk.records.jobs.get(id)))
  const dead = jobs.filter((job) => job?.state === 'dead')
  expect(jobs.filter((job) => job?.state === 'done').length + dead.length).toBe(300)
  expect(dead.length).toBeGreaterThanOrEqual(15)
  for (const job of dead) {
    const { rows } = await desk.records.deliveries.find({ jobId: job?.id ?? '' })
    expect(rows.map(({ attempt }) => attempt)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
  }
  expect(dead.some((job) => job?.error === 'no answer within 30 ms')).toBe(true)
})

test('a dead one that is sent again is delivered', async () => {
  let isUp = false
  const desk = await aDesk(async () => ({ status: isUp ? 200 : 500 }))
  const id = await desk.promise({}, 1)
  await desk.toTheEnd()
  expect(await desk.records.jobs.get(id)).toMatchObject({ state: 'dead' })
  isUp = true
  desk.clock.now += 1000
  await desk.records.jobs.resend(id, desk.clock.now)
  await desk.toTheEnd()
  expect(await desk.records.jobs.get(id)).toMatchObject({ state: 'done' })
  const { rows } = await desk.records.deliveries.find({ jobId: id })
  expect(rows.map(({ attempt, status }) => [attempt, status])).toEqual([
    [2, 200],
    [1, 500],
  ])
})

test('a signature is refused with another body, another secret, or at another time', () => {
  const signed = { body: '{}', secret: 's', at: noon }
  const signature = sign(signed)
  expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
  expect(isSigned(signature, { ...signed, at: noon + 299_000 })).toBe(true)
  expect(isSigned(signature, { ...signed, at: noon + 301_000 })).toBe(false)
  expect(isSigned(signature, { ...signed, body: '{ }' })).toBe(false)
  expect(isSigned(signature, { ...signed, secret: 'S' })).toBe(false)
  expect(isSigned('v1=nothing', signed)).toBe(false)
  expect(signBody('{}', 's')).toMatch(/^v1=[0-9a-f]{64}$/)
})
