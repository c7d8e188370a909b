// The index against a model that looks at every purge, one by one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createEpochs,
  createMemoryLog,
  type LoggedPurge,
  type Purge,
  type Target,
} from '../../purging/index.ts'

const source = fc.constantFrom('photos', 'shop')
const picture = fc.constantFrom('p1', 'p2', 'p3')
const address = fc
  .tuple(source, fc.constantFrom('a.png', 'b/c.png'), fc.constantFrom('w=1', 'w=2'))
  .map(([name, path, query]) => `/${name}/${path}?${query}`)

const aPicture = (from: string, name: string): Target & { readonly value: string } => ({
  kind: 'picture',
  value: `${name}-of-${from}`,
  source: from,
})

const target: fc.Arbitrary<Target> = fc.oneof(
  fc.constant({ kind: 'everything' } as const),
  source.map((value) => ({ kind: 'key', value }) as const),
  fc.tuple(source, picture).map(([from, name]) => aPicture(from, name)),
  address.map((value) => ({ kind: 'address', value }) as const),
  fc
    .tuple(address, fc.nat(18))
    .map(([path, end]) => ({ kind: 'prefix', value: path.slice(0, 7 + end) }) as const),
)
const purges: fc.Arbitrary<Purge[]> = fc.array(fc.record({ target, isSoft: fc.boolean() }), { maxLength: 30 })

function isAbout({ target: about }: LoggedPurge, path: string, keys: readonly string[]): boolean {
  if (about.kind === 'everything') return true
  if (about.kind === 'address') return about.value === path
  if (about.kind === 'prefix') return path.startsWith(about.value)
  return keys.includes(about.value)
}

const newest = (logged: readonly LoggedPurge[]): number =>
  Math.max(0, ...logged.map(({ position }) => position))

const check = (mostKept: number | undefined, compare: (found: number, expected: number) => void) =>
  fc.assert(
    fc.asyncProperty(purges, address, picture, async (given, path, made) => {
      const bounds = mostKept === undefined ? {} : { most: mostKept, mostPrefixes: mostKept }
      const log = createMemoryLog(bounds)
      const followed = await createEpochs(log, bounds)
      const logged: LoggedPurge[] = []
      for (const purge of given) logged.push(...(await log.append([purge])))
      const [, from = ''] = path.split('/')
      const keys = [from, aPicture(from, made).value]
      const about = logged.filter((purge) => isAbout(purge, path, keys))
      const replayed = await createEpochs(log, bounds)
      for (const epochs of [followed, replayed]) {
        expect(epochs.position).toBe(newest(logged))
        const found = epochs.of({ path, keys: keys.join(' ') })
        compare(found.hard, newest(about.filter(({ isSoft }) => !isSoft)))
        compare(found.soft, newest(about.filter(({ isSoft }) => isSoft)))
      }
    }),
  )

test('whoever followed the log and whoever replays it know the newest purge about anything', () =>
  check(undefined, (found, expected) => expect(found).toBe(expected)))

test('within bounds they know of a purge that is at least as new', () =>
  check(2, (found, expected) => expect(found).toBeGreaterThanOrEqual(expected)))

test('while its keys are not known, every purge by key may be about a picture', async () => {
  const log = createMemoryLog()
  const epochs = await createEpochs(log)
  const [purge] = await log.append([{ target: { kind: 'key', value: 'elsewhere' }, isSoft: false }])
  expect(epochs.of({ path: '/photos/a.png?w=1' }).hard).toBe(purge?.position)
  expect(epochs.of({ path: '/photos/a.png?w=1', keys: 'photos p1' }).hard).toBe(0)
})

test('too many addresses of one host are widened to that host, and to no other', async () => {
  const log = createMemoryLog({ most: 2 })
  const epochs = await createEpochs(log, { most: 2 })
  const changed = (value: string): Purge => ({ target: { kind: 'address', value }, isSoft: false })
  await log.append(['/1', '/2', '/3', '/4'].map((path) => changed(`//shop.example${path}`)))
  expect(epochs.of({ path: '//shop.example/other', keys: 'site:shop' }).hard).toBeGreaterThan(0)
  expect(epochs.of({ path: '//blog.example/1', keys: 'site:blog' }).hard).toBe(0)
})
