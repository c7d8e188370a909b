// What a purge reaches in a whole cluster: every member, nginx among them, and members that were down.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { sign } from '../../edge/signature.ts'
import type { Front } from '../nginx/front.ts'
import { type Answered, times } from './cdn.ts'
import type { Process } from './processes.ts'
import { blue, colourOf, plain, red } from './purges.ts'
import { holdSource, signing, type WholeCluster } from './whole-cluster.ts'

/** How many answers are looked at after receipts. A thorough run: `STALE_REQUESTS=10000`. */
const wanted = Number(process.env.STALE_REQUESTS ?? 600)
const rounds = 12
const clients = 10

/** PNG is exact, so the shade of red is the number of the purge before it. */
const shadeOf = async ({ body }: Answered) => ((await sharp(body).raw().toBuffer())[0] ?? 0) / 20

export function purgesInAll(whole: () => WholeCluster): void {
  const doors = () => [...whole().edges, ...whole().fronts]
  const colours = async (address: string) =>
    Promise.all(doors().map(async (door) => colourOf(await door.get(address))))

  /** Red in every cache, and blue at its source. */
  async function replaced(name: string, queries: readonly string[]): Promise<string[]> {
    const { source } = whole()
    const addresses = queries.map((query) => `/shop/${name}?${query}`)
    source.pictures[`/${name}`] = await plain(red)
    for (const address of addresses) {
      await colours(address)
      expect(new Set(await colours(address))).toEqual(new Set([red]))
    }
    source.pictures[`/${name}`] = await plain(blue)
    return addresses
  }

  describe('purges', () => {
    test('under load nobody who asks any member after a receipt gets anything older', async () => {
      const { source, purge } = whole()
      const shades = await Promise.all(times(rounds + 1, (i) => plain(`rgb(${i * 20},0,0)`)))
      const link = (width: number) => sign(`/locked/busy.png?w=${width}&expires=4000000000`, signing)
      const addresses = ['/shop/busy.png?w=32', '/shop/busy.png?w=40', link(32), '/shop/busy.png?fm=original']
      const orders = [
        { pictures: ['/shop/busy.png', '/locked/busy.png'] },
        { prefixes: ['/shop/b', '/locked/'] },
      ]
      source.pictures['/busy.png'] = shades[0] as Buffer
      let acknowledged = 0
      let looked = 0
      let isOver = false
      const stale: string[] = []
      const running = times(clients, async (client) => {
        for (let i = client; !isOver; i++) {
          const address = addresses[i % addresses.length] as string
          const door = doors()[(i * 3 + client) % doors().length]
          const least = acknowledged
          const answer = await door?.get(address)
          const shade = answer?.status === 200 ? await shadeOf(answer) : -1
          if (shade < least) stale.push(`${door?.url}${address}: ${shade}, ${answer?.status} after ${least}`)
          if (least > 0) looked++
        }
      })
      for (let round = 1; round <= rounds; round++) {
        source.pictures['/busy.png'] = shades[round] as Buffer
        const { status, said } = await purge(orders[round % 2] as object)
        expect({ status, complete: said.complete }).toEqual({ status: 200, complete: true })
        acknowledged = round
        await expect.poll(() => looked).toBeGreaterThanOrEqual((wanted * round) / rounds)
      }
      isOver = true
      await Promise.all(running)
      expect(stale).toEqual([])
    })

    test('a shield, an origin and an nginx that were down serve nothing older after their start', async () => {
      const { fronts, shields, origins, purge } = whole()
      const [shield] = shields as [Process]
      const [origin] = origins as [Process]
      const [front] = fronts as [Front]
      const addresses = await replaced('down.png', ['w=30', 'w=31', 'w=32', 'w=33'])
      await Promise.all([shield.end('SIGKILL'), origin.end('SIGKILL'), front.stop()])
      const { status, said } = await purge({ pictures: ['/shop/down.png'] })
      expect({ status, complete: said.complete }).toEqual({ status: 202, complete: false })
      const missing = said.parts.filter(({ purged }) => purged === undefined).map(({ member }) => member)
      expect(new Set(missing)).toEqual(new Set([shield.url, origin.url, front.url]))
      await Promise.all([shield.again(), origin.again(), front.again()])
      for (const { get } of [shield, origin])
        await expect.poll(async () => (await get('/readyz')).status).toBe(200)
      for (const address of addresses) expect(new Set(await colours(address))).toEqual(new Set([blue]))
    })

    test('softly: all serve the old picture while its source is asked exactly once', async () => {
      const { source, purge } = whole()
      const addresses = await replaced('soft.png', ['w=30', 'w=31'])
      const held = holdSource(source, '/soft.png')
      expect((await purge({ pictures: ['/shop/soft.png'], soft: true })).status).toBe(200)
      for (const address of addresses)
        for (const _ of times(3, () => 0)) expect(new Set(await colours(address))).toEqual(new Set([red]))
      await expect.poll(held.count).toBe(1)
      held.free()
      for (const address of addresses)
        await expect.poll(async () => new Set(await colours(address))).toEqual(new Set([blue]))
      expect(held.count()).toBe(1)
    })
  })
}
