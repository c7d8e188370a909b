// Who is asked for what a shield does not have: its neighbour for what that one has, else the origin.
import { describe, expect, test } from 'vitest'
import { askNeighboursFirst } from '../../shield/neighbours.ts'
import { type Answer, type Ask, emptyBody, type Tier } from '../../tier.ts'

const picture: Answer = { status: 200, headers: { etag: '"a"' }, body: Buffer.from('picture') }
const nothing: Answer = { status: 504, headers: {}, body: emptyBody }
const ask = (headers = {}): Ask => ({ path: '/a?w=1', headers, signal: new AbortController().signal })

function aShield({ neighbour = picture, wasPurged = false } = {}) {
  const asked: string[] = []
  const told: Ask[] = []
  const tier =
    (name: string, answer: Answer): Tier =>
    async (ask) => {
      asked.push(name)
      told.push(ask)
      return answer
    }
  const answer = askNeighboursFirst({
    neighbours: tier('neighbour', neighbour),
    upstream: tier('origin', picture),
    deadlineMs: 20_000,
    wasPurgedLately: () => wasPurged,
  })
  return { answer, asked, told }
}

describe('a picture that is not here', () => {
  test('comes from the neighbour that has it, which is asked for nothing but that', async () => {
    const { answer, asked, told } = aShield()
    expect(await answer(ask({ 'request-id': 'r' }))).toBe(picture)
    expect(asked).toEqual(['neighbour'])
    expect(told[0]?.headers).toEqual({ 'request-id': 'r', 'cache-control': 'only-if-cached' })
  })

  test('comes from the origin where the neighbour has none', async () => {
    const { answer, asked } = aShield({ neighbour: nothing })
    expect(await answer(ask())).toBe(picture)
    expect(asked).toEqual(['neighbour', 'origin'])
  })

  test.each([
    ['it was purged a moment ago', { wasPurged: true }, {}],
    ['a fresh one is asked for', {}, { 'cache-control': 'min-fresh=0' }],
    ['a stored one is to be confirmed', {}, { 'if-none-match': '"a"' }],
  ])('comes from the origin at once where %s', async (_, shield, headers) => {
    const { answer, asked } = aShield(shield)
    await answer(ask(headers))
    expect(asked).toEqual(['origin'])
  })
})
