// A steady load on a whole cluster, through both nginx, that compares every answer: kept pictures, kept ones that nginx has
// to ask an edge for, and new ones.
import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { expect } from 'vitest'
import { sign } from '../../edge/signature.ts'
import { type Answered, aClient } from './cdn.ts'
import { signing, type WholeCluster } from './whole-cluster.ts'

export interface Fault {
  /** What was being done to the cluster. */
  readonly during: string
  readonly lane: Lane
  /** A status, `wrong` for other bytes, `cut` for a connection that ended: then the other nginx was asked. */
  readonly what: string
  /** Why a connection ended, as the client tells it. */
  readonly cause?: string
}

type Lane = 'kept in nginx' | 'kept by an edge' | 'new'

export interface Load {
  readonly faults: readonly Fault[]
  /** What is done to the cluster from now on. */
  during(what: string): void
  /** Resolves when every lane has had so many more answers. */
  more(): Promise<void>
  /** Of every address asked, the one body it had. */
  readonly seen: ReadonlyMap<string, Buffer>
  stop(): Promise<void>
}

/** Between two requests of a lane: a load that leaves a small machine room for processes that start. */
const paceMs = 10
const enough = 15

export const colourAt = (index: number) => ({ r: 15 * index, g: 255 - 15 * index, b: 90 })

/** `/p0.png` and so on: one colour each. */
export async function plainPictures(count: number): Promise<Record<string, Buffer>> {
  const pictures: Record<string, Buffer> = {}
  for (let i = 0; i < count; i++)
    pictures[`/p${i}.png`] = await sharp({
      create: { width: 220, height: 160, channels: 3, background: colourAt(i) },
    })
      .png()
      .toBuffer()
  return pictures
}

/** The picture of this number at this width, and of nothing else. */
async function isRight(body: Buffer, index: number, width: number): Promise<boolean> {
  const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { r, g, b } = colourAt(index)
  const isNear = [r, g, b].every((value, at) => Math.abs((data[at] ?? -99) - value) < 6)
  return isNear && info.width === width && data.length === info.width * info.height * 3
}

interface Asked {
  readonly index: number
  readonly width: number
  readonly path: string
}

/** An address that expires: nginx keeps nothing for it, and the tiers behind keep it under its own key. */
const expiring = (path: string): string =>
  sign(`${path}&expires=${Math.floor(Date.now() / 1000) + 3600}`, signing)

export async function startLoad({ fronts }: WholeCluster, count: number): Promise<Load> {
  const faults: Fault[] = []
  const seen = new Map<string, Buffer>()
  const answered: Record<Lane, number> = { 'kept in nginx': 0, 'kept by an edge': 0, new: 0 }
  let phase = 'nothing'
  let isOver = false
  let turn = 0
  const clients = fronts.map(({ url }) => aClient(url, { repeats: true }))

  async function once(path: string, lane: Lane): Promise<Answered> {
    const client = clients[turn++ % clients.length]
    try {
      return await (client?.get(path) ?? Promise.reject(new Error('no nginx')))
    } catch (thrown) {
      // A request may have begun before what ended it.
      faults.push({ during: phase, lane, what: 'cut', cause: String(thrown) })
      return once(path, lane)
    }
  }

  async function ask({ path, index, width }: Asked, lane: Lane): Promise<void> {
    const during = phase
    const { status, body } = await once(path, lane)
    const known = seen.get(path)
    const isSame = known ? known.equals(body) : status === 200 && (await isRight(body, index, width))
    if (status !== 200) faults.push({ during, lane, what: String(status) })
    else if (!isSame) faults.push({ during, lane, what: 'wrong' })
    else seen.set(path, body)
    answered[lane]++
  }

  const kept = Array.from({ length: count }, (_, index) => ({
    index,
    width: 20,
    path: `/shop/p${index}.png?w=20`,
  }))
  const keptBelow = kept.map((asked) => ({ ...asked, path: expiring(`/locked/p${asked.index}.png?w=20`) }))
  const neverAsked = (at: number): Asked => {
    const index = at % count
    const width = 21 + (Math.floor(at / count) % 190)
    return { index, width, path: `/shop/p${index}.png?w=${width}` }
  }
  for (const front of fronts)
    for (const { path } of kept)
      await expect.poll(async () => (await front.get(path)).headers['cache-status']).toContain('nginx; hit')
  for (const asked of keptBelow) await ask(asked, 'kept by an edge')

  const running = (['kept in nginx', 'kept by an edge', 'new'] as const).map(async (lane) => {
    for (let at = 0; !isOver; at++) {
      const list = lane === 'kept in nginx' ? kept : keptBelow
      await ask(lane === 'new' ? neverAsked(at) : (list[at % count] as Asked), lane)
      await pause(paceMs)
    }
  })
  return {
    ...{ faults, seen },
    during: (what) => {
      phase = what
    },
    async more() {
      const before = { ...answered }
      for (const lane of Object.keys(answered) as Lane[])
        await expect.poll(() => answered[lane]).toBeGreaterThan(before[lane] + enough)
    },
    async stop() {
      isOver = true
      await Promise.all(running)
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
