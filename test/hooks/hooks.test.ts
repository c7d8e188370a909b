// Webhooks to real receivers on loopback, from promise to log.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks, type OutgoingWebhook } from '../../api/services/hooks/index.ts'
import { isSigned } from '../../api/services/hooks/signature.ts'
import { createGuard } from '../../fetch/guard.ts'
import { openRecords } from '../../records/index.ts'
import { aServer, aTrap } from '../origin/servers.ts'
import { aFile } from '../records/folder.ts'
import { times } from '../records/rows.ts'
import { kindOf } from '../refusals.ts'

interface Received {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Answer = (received: Received, response: ServerResponse) => void

/** A receiver that keeps what it got; `answer` decides. */
async function aReceiver(answer: Answer = (_, response) => response.end()) {
  const received: Received[] = []
  const site = await aServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const one = { path: request.url ?? '', method: request.method ?? '', headers: request.headers, body }
    received.push(one)
    answer(one, response)
  })
  onTestFinished(() => site.close())
  return { url: site.url, received }
}

/** 127.0.0.1 may be reached because it is named; everything else private stays forbidden. */
async function aDesk(file = aFile(), allowAddresses = ['127.0.0.1']) {
  const records = await openRecords({ file })
  const dispatcher = createGuard({ allowAddresses })
  const errors: unknown[] = []
  const hooks = createHooks({
    records,
    seal: createSeal('the secret of this instance'),
    dispatcher,
    allowAddresses,
    log: { error: (error: unknown) => void errors.push(error) },
    random: () => 0,
    deadlineMs: 30_000,
    lookEveryMs: 50,
  })
  onTestFinished(async () => {
    await hooks.stop()
    await dispatcher.destroy()
    await records.close()
  })
  const promise = async (named: Partial<OutgoingWebhook> & { url: string }) => {
    const webhook = { project: 'demo', event: 'file.uploaded', body: { a: 1 }, ...named }
    const id = await records.transaction((t) => hooks.promise(t, webhook))
    hooks.poke()
    return id
  }
  const ended = (id: string) =>
    expect.poll(async () => (await records.jobs.get(id))?.state, { interval: 10 }).toMatch(/done|dead/)
  const log = async (jobId: string) => (await records.deliveries.find({ jobId })).rows
  return { records, hooks, promise, ended, log, errors }
}

test('a webhook arrives as promised: its body, its headers, a signature, and no cookie', async () => {
  const receiver = await aReceiver((_, response) => response.setHeader('set-cookie', 'a=1').end('thank you'))
  const desk = await aDesk()
  const first = await desk.promise({ url: `${receiver.url}/in?x=1#there`, secret: 'whisper' })
  await desk.ended(first)
  await desk.ended(await desk.promise({ url: receiver.url, headers: { 'x-own': 'yes' } }))
  const [one, other] = receiver.received
  expect(one).toMatchObject({ path: '/in?x=1', method: 'POST', body: '{"a":1}' })
  expect(one?.headers).toMatchObject({ 'halftone-delivery': first, 'content-type': 'application/json' })
  const signed = { body: '{"a":1}', secret: 'whisper', at: Date.now() }
  expect(isSigned(String(one?.headers['halftone-signature']), signed)).toBe(true)
  expect(other?.headers).toMatchObject({ 'x-own': 'yes' })
  expect(other?.headers.cookie).toBeUndefined()
  expect(other?.headers['halftone-signature']).toBeUndefined()
  expect(await desk.log(first)).toMatchObject([{ status: 200, attempt: 1, error: null }])
  expect(JSON.stringify(await desk.records.jobs.get(first))).not.toContain('whisper')
})

test('user and password in the address go out as a header, and into no log', async () => {
  const receiver = await aReceiver()
  const desk = await aDesk()
  const id = await desk.promise({ url: receiver.url.replace('//', '//ann:p%40ss@') })
  await desk.ended(id)
  const basic = `Basic ${Buffer.from('ann:p@ss').toString('base64')}`
  expect(receiver.received[0]?.headers.authorization).toBe(basic)
  expect((await desk.log(id))[0]?.url).toBe(`${receiver.url}/`)
  expect(JSON.stringify(await desk.records.jobs.get(id))).not.toContain(basic)
})

test('307 and 308 are followed as the POST they were, without credentials to another server', async () => {
  const last = await aReceiver()
  const middle = await aReceiver(({ path }, response) => {
    if (path === '/') response.writeHead(307, { location: '/again' }).end()
    else response.writeHead(308, { location: `${last.url}/end` }).end()
  })
  const desk = await aDesk()
  await desk.ended(await desk.promise({ url: middle.url.replace('//', '//u:p@') }))
  expect(middle.received.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, true])
  expect(last.received).toMatchObject([{ path: '/end', method: 'POST', body: '{"a":1}' }])
  expect(last.received[0]?.headers.authorization).toBeUndefined()
})

test('a redirect that would become a GET is a failure, and so is one too many', async () => {
  const receiver = await aReceiver(({ path }, response) => {
    const status = path === '/get' ? 302 : 307
    response.writeHead(status, { location: path === '/get' ? '/landed' : '/round' }).end()
  })
  const desk = await aDesk()
  const get = await desk.promise({ url: `${receiver.url}/get` })
  await desk.ended(get)
  const round = await desk.promise({ url: `${receiver.url}/round` })
  await desk.ended(round)
  expect((await desk.log(get))[0]).toMatchObject({ status: 302, error: 'answered 302' })
  expect(receiver.received.some(({ path }) => path === '/landed')).toBe(false)
  expect((await desk.log(round)).at(-1)).toMatchObject({ status: 307, error: 'answered 307' })
  const rounds = receiver.received.filter(({ path }) => path === '/round').length
  expect(rounds).toBe(4 * (await desk.log(round)).length)
})

test('a redirect to a private address ends it for good, and nothing there is ever connected to', async () => {
  const trap = await aTrap()
  onTestFinished(() => trap.close())
  const hosts = ['[::1]', '127.0.0.2', '0x7f.2', '[::ffff:127.0.0.1]']
  const receiver = await aReceiver(({ path }, response) =>
    response.writeHead(307, { location: `http://${hosts[Number(path.slice(1))]}:${trap.port}/` }).end(),
  )
  const desk = await aDesk()
  for (const [i] of hosts.entries()) {
    const id = await desk.promise({ url: `${receiver.url}/${i}` })
    await desk.ended(id)
    expect(await desk.log(id)).toMatchObject([{ attempt: 1, status: null }])
    expect(await desk.records.jobs.get(id)).toMatchObject({ state: 'dead' })
  }
  expect(trap.count).toBe(0)
})

test('an address that is wrong by its text is refused when it is promised, and nothing is kept', async () => {
  const desk = await aDesk()
  const kindFor = (url: string) => kindOf(() => desk.hooks.check(url))
  expect(kindFor('https://a.example/hook')).toBe('passes')
  expect(kindFor('http://127.0.0.1:8089/')).toBe('passes')
  for (const url of [
    '',
    'nowhere',
    'ftp://a.example/',
    'javascript:1',
    `http://a.example/${'x'.repeat(2048)}`,
  ])
    expect(kindFor(url)).toBe('bad-address')
  for (const url of [
    'http://a.example:25/',
    'http://127.0.0.1:6379/',
    'http://10.0.0.1/',
    'http://[fd00::1]/',
    'http://2130706434/',
    'https://169.254.169.254/',
  ])
    expect(kindFor(url)).toBe('forbidden-address')
  await expect(desk.promise({ url: 'http://10.0.0.1/' })).rejects.toMatchObject({ kind: 'forbidden-address' })
  expect((await desk.records.jobs.find({ queue: 'webhook' })).rows).toEqual([])
})

test('Retry-After is honoured, in seconds and as a date, up to half a day', async () => {
  const said = ['120', new Date(Date.now() + 600_000).toUTCString(), '99999999']
  const receiver = await aReceiver(({ path }, response) =>
    response.writeHead(503, { 'retry-after': said[Number(path.slice(1))] }).end(),
  )
  const desk = await aDesk()
  for (const [i, seconds] of [120, 600, 12 * 3600].entries()) {
    const id = await desk.promise({ url: `${receiver.url}/${i}` })
    await expect.poll(() => desk.log(id)).toHaveLength(1)
    await expect.poll(async () => (await desk.records.jobs.get(id))?.state).toBe('waiting')
    const waits = ((await desk.records.jobs.get(id))?.due ?? 0) - Date.now()
    expect(Math.abs(waits - seconds * 1000)).toBeLessThan(10_000)
  }
})

test('a receiver that talks without end, or breaks off, has answered all the same', async () => {
  const receiver = await aReceiver(({ path }, response) => {
    response.writeHead(200)
    if (path === '/breaks') return void response.write('x', () => response.destroy())
    const talk = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      if (!response.destroyed) response.once('drain', talk)
    }
    talk()
  })
  const desk = await aDesk()
  for (const path of ['/endless', '/breaks']) {
    const id = await desk.promise({ url: receiver.url + path })
    await desk.ended(id)
    expect(await desk.log(id)).toMatchObject([{ status: 200, error: null }])
  }
})

test('workers in three processes deliver each webhook, and none twice', async () => {
  const receiver = await aReceiver()
  const file = aFile()
  const desk = await aDesk(file)
  await desk.hooks.stop()
  const worker = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const workers = times(3, () =>
    spawn(process.execPath, [worker, file], { stdio: ['pipe', 'inherit', 'inherit'] }),
  )
  onTestFinished(async () => {
    for (const one of workers) one.stdin.end()
    await Promise.all(workers.map((one) => one.exitCode ?? once(one, 'exit')))
  })
  const ids = await Promise.all(times(200, (i) => desk.promise({ url: receiver.url, body: { i } })))
  await expect.poll(async () => (await doneOf(desk.records)).length, { interval: 50 }).toBe(200)
  expect(receiver.received.map(({ headers }) => headers['halftone-delivery']).sort()).toEqual(ids.sort())
})

const doneOf = async (records: Awaited<ReturnType<typeof openRecords>>) =>
  (await records.jobs.find({ queue: 'webhook', states: ['done'], page: { limit: 1000 } })).rows
