// kill -9 at any moment under a load of uploads: nothing that was acknowledged is lost, nothing half is ever served,
// and whoever asked to be told of uploads will be told.
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccounts } from '../../api/services/accounts/index.ts'
import { openRecords, type Records } from '../../records/index.ts'
import { times } from '../journeys/cdn.ts'
import { aProcess, type Process } from '../journeys/processes.ts'
import { aServer, type Site } from '../origin/servers.ts'

const rounds = Number(process.env.KILL_ROUNDS ?? 2)
const secret = 'of this instance'
const partBytes = 5_242_880

let halftone: Process
let records: Records
let source: Site
let publicKey: string
let token: string

beforeAll(async () => {
  source = await aServer((request, response) => response.end(bytesOf(request.url ?? '')))
  halftone = await aProcess({
    environment: {
      HALFTONE_SECRET: secret,
      HALFTONE_ALLOW_ADDRESSES: '127.0.0.1',
      // On a busy machine our own source server takes its time to accept, which would end a promise for good.
      HALFTONE_CONNECT: '2m',
      HALFTONE_SOURCE_DEADLINE: '5m',
      HALFTONE_STALL: '5m',
    },
  })
  records = await openRecords({ file: join(halftone.dataDir, 'records.db') })
  const accounts = createAccounts({ records, secret, isDemo: false })
  const made = await accounts.create({ project: 'shop', user: 'ann', scopes: ['*'] })
  publicKey = made.key.id
  token = `${publicKey}.${made.secret}`
  const hook = { project: 'shop', event: 'file.uploaded', targetUrl: 'http://127.0.0.1:2/', isActive: true }
  await records.hooks.add({ ...hook, signingSecret: null, version: '0.7' }, Date.now())
})
afterAll(async () => {
  await records?.close()
  await halftone?.end()
  await source?.close()
})

/** The same for the same path, so that what was fetched can be compared. */
const bytesOf = (path: string): Buffer => Buffer.alloc(200_000, createHash('sha256').update(path).digest())
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface Seen {
  /** By id: what was sent under it and acknowledged. */
  readonly whole: Map<string, string>
  /** By id: begun, and nobody said that it is there. */
  readonly begun: Map<string, string>
  /** By token: promised. */
  readonly promised: Map<string, string>
}

const sizesOf = ({ whole, begun, promised }: Seen): number[] => [whole.size, begun.size, promised.size]

async function post(path: string, fields: Record<string, string>, file?: Buffer) {
  const form = new FormData()
  for (const [name, value] of Object.entries({ UPLOADCARE_PUB_KEY: publicKey, ...fields }))
    form.append(name, value)
  if (file) form.append('file', new Blob([new Uint8Array(file)]), 'a.bin')
  const response = await fetch(halftone.url + path, { method: 'POST', body: form })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json() as Promise<{ file: string; uuid: string; parts: string[]; token: string }>
}

async function direct({ whole }: Seen): Promise<void> {
  const bytes = randomBytes(randomInt(1, 300_000))
  const { file } = await post('/base/', {}, bytes)
  whole.set(file, sha256(bytes))
}

async function inParts({ whole, begun }: Seen): Promise<void> {
  const bytes = randomBytes(2 * partBytes + randomInt(1, 100_000))
  const plan = { filename: 'a.bin', size: String(bytes.length), content_type: 'application/zip' }
  const { uuid, parts } = await post('/multipart/start/', plan)
  begun.set(uuid, sha256(bytes))
  await Promise.all(
    parts.map(async (url, i) => {
      const { status } = await fetch(url, {
        method: 'PUT',
        body: new Uint8Array(bytes.subarray(i * partBytes, (i + 1) * partBytes)),
      })
      if (status !== 200) throw new Error(`a part was answered ${status}`)
    }),
  )
  await post('/multipart/complete/', { uuid })
  whole.set(uuid, sha256(bytes))
}

async function fromUrl({ promised }: Seen): Promise<void> {
  const path = `/${randomBytes(8).toString('hex')}`
  const { token } = await post('/from_url/', { pub_key: publicKey, source_url: source.url + path })
  promised.set(token, sha256(bytesOf(path)))
}

async function keepDoing(work: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const failure = await work().then(
      () => undefined,
      (error: Error) => error,
    )
    // A killed process answers nobody: that is the end of the round, everything else is a fault.
    if (failure && !isOver() && /answered/.test(failure.message)) throw failure
    if (failure) await pause(5)
  }
}

/** What is served under the id: its checksum, or its status when it is not there. */
async function served(id: string): Promise<string | number> {
  const response = await fetch(`${halftone.url}/v1/files/${id}/content`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return response.status === 200 ? sha256(bytes) : response.status
}

/** The files that webhooks were promised for. */
async function toBeTold(): Promise<Set<string>> {
  const told = new Set<string>()
  for (let after: string | null = null; ; ) {
    const page = { limit: 1000, ...(after === null ? {} : { after }) }
    const { rows, next } = await records.jobs.find({ queue: 'webhook', page })
    for (const { payload } of rows) told.add(JSON.parse(String(payload.body)).data.uuid)
    if (next === null) return told
    after = next
  }
}

test(`kill -9 under a load of uploads, ${rounds} times`, async () => {
  const all: Seen = { whole: new Map(), begun: new Map(), promised: new Map() }
  const restarts: number[] = []
  for (let round = 0; round < rounds; round++) {
    let isOver = false
    const loads = [direct, direct, direct, inParts, fromUrl].map((work) =>
      keepDoing(
        () => work(all),
        () => isOver,
      ),
    )
    // Every other round it is in full swing; the others may end before it has begun.
    const before = sizesOf(all)
    const hasMoreOfEach = () => sizesOf(all).every((size, i) => size > (before[i] ?? 0))
    if (round % 2 === 0) await expect.poll(hasMoreOfEach, { interval: 5 }).toBe(true)
    await pause(randomInt(1, 1500))
    isOver = true
    await halftone.end('SIGKILL')
    await Promise.all(loads)
    const began = performance.now()
    await halftone.again()
    restarts.push(Math.round(performance.now() - began))
  }

  for (const [id, sum] of all.whole) expect(await served(id)).toBe(sum)
  // Its end may have been reached without anybody hearing of it: then it is whole, and else it is not there.
  for (const [id, sum] of all.begun) expect([sum, 404]).toContain(await served(id))
  const fetched: string[] = []
  for (const [token, sum] of all.promised) {
    const statusOf = async () =>
      (await fetch(`${halftone.url}/from_url/status/?token=${token}`)).json() as Promise<{
        uuid: string
        status: string
      }>
    await expect.poll(async () => (await statusOf()).status, { interval: 200 }).toMatch(/success|error/)
    const status = await statusOf()
    expect(status).toMatchObject({ status: 'success' })
    const { uuid } = status
    expect(await served(uuid)).toBe(sum)
    fetched.push(uuid)
  }
  // Promised in the transaction of the upload; that promises are kept the deliverer's own tests show.
  const told = await toBeTold()
  expect([...all.whole.keys(), ...fetched].filter((id) => !told.has(id))).toEqual([])
  const counts = sizesOf(all)
  if (process.env.KILL_ROUNDS)
    console.info(`acknowledged, begun, promised: ${counts.join(', ')}; restarts in ms: ${restarts.join(' ')}`)
}, 600_000)

test('what retention finds afterwards is only what never came', async () => {
  const left = await records.files.findUnstored({ before: Date.now() + 1, limit: 1000 })
  expect(new Set(left.map(({ state }) => state))).toEqual(new Set(times(left.length && 1, () => 'uploading')))
})
