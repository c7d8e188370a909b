// Which pictures of one source share what, decided before anything is decoded; and what is kept for whom, and how long.
import { expect, test, vi } from 'vitest'
import type { Facts } from '../../../transforms/facts.ts'
import { exact, parse, plan } from '../../../transforms/index.ts'
import { createCompany } from '../../../transforms/render/sharing/company.ts'
import { createPieces, type MakePiece } from '../../../transforms/render/sharing/pieces.ts'
import { sharesOf } from '../../../transforms/render/sharing/shares.ts'
import { photo } from '../language-arbitraries.ts'

const large: Facts = { ...photo(), width: 4000, height: 3000, orientation: 1, alpha: false }
const planOf = (query: string, facts = large) =>
  plan(exact(parse(query), { formats: 'basic', saveData: false }), facts)
const of = (query: string, facts = large) => sharesOf(planOf(query, facts), facts)

test.each([
  ['a little smaller: the decoded picture itself, and the same pixels come out', 'w=2000&fm=webp', 1],
  ['a region of it: the same', 'w=200&rect=0,0,2000,2000&fm=webp', 1],
  ['three times smaller', 'w=1300&fm=webp', 2],
  ['six times smaller', 'w=600&fm=webp', 3],
  ['ten times smaller', 'w=400&fm=webp', 5],
  ['what is done to neighbouring pixels may show the difference', 'w=400&fm=webp&sharp=50', undefined],
  ['so may a region that the pixels choose', 'w=300&h=300&fit=crop&crop=entropy&fm=webp', undefined],
])('of a large JPEG, %s', (_, query, divisor) => {
  expect(of(query)?.divisor).toBe(divisor)
})

test('a lying JPEG is measured as it is stored', () => {
  const lying = { ...large, orientation: 6 }
  expect(of('w=1000&h=1300&fit=fill&fm=webp', lying)?.divisor).toBe(2)
})

test('a source that its decoder cannot make smaller is decoded at its size, up to a limit', () => {
  const png: Facts = { ...large, format: 'png' }
  expect(of('w=300&fm=webp', png)?.divisor).toBe(1)
  expect(of('w=300&fm=webp', { ...png, width: 6000, height: 6000 })?.divisor).toBeUndefined()
  expect(of('w=300&fm=webp', { ...png, depth: 16 })?.divisor).toBeUndefined()
  expect(of('w=300&fm=webp', { ...large, format: 'webp' })?.divisor).toBeUndefined()
})

test.each(['q=auto&w=300', 'w=300&trim=auto', 'fm=blurhash', 'w=300&max-bytes=9000', 'w=300&fm=gif'])(
  'what is looked for in the source itself shares nothing: %s',
  (query) => expect(of(query)).toBeUndefined(),
)

test('formats of one size have their pixels in common, sizes have not', () => {
  const [webp, jpeg, other] = ['w=300&fm=webp', 'w=300&fm=jpg', 'w=301&fm=jpg'].map((query) => of(query))
  expect(webp?.pixels).toBe(jpeg?.pixels)
  expect(other?.pixels).not.toBe(jpeg?.pixels)
})

function joining() {
  const company = createCompany()
  return (query: string, version = 'a') => company.join({ version, facts: large }, planOf(query))
}

test('whoever is alone makes nothing for others', () => {
  const join = joining()
  join('w=400&fm=webp', 'another source')
  expect(join('w=400&fm=webp')?.sharing()).toMatchObject({ bases: [], keep: false })
})

test('two sizes pay for a base, two formats for their pixels, for as long as both are there', () => {
  const join = joining()
  const [webp, jpeg, larger] = [join('w=400&fm=webp'), join('w=400&fm=jpg'), join('w=1200&fm=jpg')]
  expect(webp?.sharing()).toMatchObject({ bases: [2], keep: true })
  expect(larger?.sharing()).toMatchObject({ bases: [2], keep: false })
  larger?.leave()
  expect(webp?.sharing()).toMatchObject({ bases: [], keep: true })
  jpeg?.leave()
  expect(webp?.sharing()).toMatchObject({ bases: [], keep: false })
})

test('a base of the source itself comes first, where others need it', () => {
  const join = joining()
  const [small] = ['w=300', 'w=500', 'w=1600', 'w=1900'].map((query) => join(`${query}&fm=jpg`))
  expect(small?.sharing().bases).toEqual([1, 3])
})

const pixelsIn = (memory: SharedArrayBuffer) => ({
  data: new Uint8Array(memory as unknown as ArrayBuffer),
  width: 1,
  height: 1,
  channels: 3 as const,
})
const make: MakePiece = async (memory) => pixelsIn(memory)

test('a piece is made once for all who come meanwhile', async () => {
  const pieces = createPieces({ maxBytes: 100, idleMs: 60_000 })
  const making = vi.fn(make)
  const first = pieces.add('a', 10, making)
  const second = pieces.find('a')
  expect((await second)?.pixels).toBe((await first)?.pixels)
  expect(making).toHaveBeenCalledTimes(1)
})

test('one that could not be made is forgotten at once, for everybody', async () => {
  const pieces = createPieces({ maxBytes: 100, idleMs: 60_000 })
  const first = pieces.add('a', 90, () => Promise.reject(new Error('broken')))
  expect(await Promise.all([first, pieces.find('a')])).toEqual([undefined, undefined])
  expect(pieces.find('a')).toBeUndefined()
  expect(await pieces.add('b', 90, make)).toBeDefined()
})

test('memory is bounded: the least used goes, what is in use stays', async () => {
  const pieces = createPieces({ maxBytes: 100, idleMs: 60_000 })
  const used = await pieces.add('used', 40, make)
  ;(await pieces.add('old', 40, make))?.giveBack()
  ;(await pieces.add('new', 60, make))?.giveBack()
  expect([pieces.find('used'), pieces.find('old'), pieces.find('new')].map(Boolean)).toEqual([
    true,
    false,
    true,
  ])
  expect(await pieces.add('too much', 61, make)).toBeUndefined()
  used?.giveBack()
})

test('memory is not written over before the last user has given it back', async () => {
  const pieces = createPieces({ maxBytes: 60, idleMs: 60_000 })
  const memories: SharedArrayBuffer[] = []
  const noted: MakePiece = (memory) => {
    memories.push(memory)
    return make(memory)
  }
  const [one, other] = [await pieces.add('a', 50, noted), await pieces.find('a')]
  pieces.drop('a')
  one?.giveBack()
  expect(await pieces.add('b', 50, noted)).toBeUndefined()
  other?.giveBack()
  expect(await pieces.add('b', 45, noted)).toBeDefined()
  expect(memories[1]).toBe(memories[0])
})
