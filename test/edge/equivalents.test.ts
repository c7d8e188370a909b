// The same request in every language is one key. Which two languages can never meet is said here, with the reason.
import { describe, expect, test } from 'vitest'
import { languageNames } from '../../edge/languages/registry.ts'
import { asked, mountedOver, negotiatedOf, type Spoken, spokenOf, stillOf } from './equivalents.ts'
import { aSpeaker, mountOf } from './spoken.ts'

const { exactly } = aSpeaker(
  languageNames.map((name) => mountOf(name, { source: undefined, ...mountedOver[name] })),
)
const nine = ['native', 'uploadcare', ...languageNames]

/** By language, its key for each request. */
function keysOf(requests: readonly Spoken[], accept: string): ReadonlyMap<string, readonly string[]> {
  const languages = Object.keys(requests[0] ?? {})
  return new Map(
    languages.map((name) => [name, requests.map((spoken) => exactly(spoken[name] ?? '', accept).path)]),
  )
}

const groups: Readonly<Record<string, readonly Spoken[]>> = {
  'cut or fitted, in a format that is named': asked.map((each) => spokenOf(each)),
  'negotiated, with all frames': [16, 64, 256, 640, 1200, 3840].flatMap((width) =>
    [10, 45, 60, 75, 80, 90, 100].map((quality) => negotiatedOf(width, quality)),
  ),
  'negotiated, one frame': [16, 100, 300, 640, 1200, 2048, 4000].flatMap((width) =>
    [1, 50, 90, 480, 1000, 3000].map((height) => stillOf(width, height)),
  ),
}

describe.each(Object.entries(groups))('%s', (_, requests) => {
  test.each(['', 'image/webp', 'image/avif,image/webp'])(
    'forty requests and more are one key each, for %j',
    (accept) => {
      const { native, ...others } = Object.fromEntries(keysOf(requests, accept))
      expect(new Set(native).size).toBeGreaterThanOrEqual(40)
      for (const [name, keys] of Object.entries(others)) expect([name, keys]).toEqual([name, native])
    },
  )
})

test('two languages of nine meet in one of these, but for those of which one has no word for what the other always asks', () => {
  const meet = (one: string, other: string): boolean =>
    Object.values(groups).some(([spoken = {}]) => one in spoken && other in spoken)
  const apart = nine.flatMap((one, n) =>
    nine.slice(n + 1).flatMap((other) => (meet(one, other) ? [] : [[one, other].toSorted().join(' and ')])),
  )
  expect(apart).toEqual([
    // Uploadcare shows the first picture of an animation, and Next.js all of it.
    'next and uploadcare',
    // weserv negotiates nothing, and Next.js everything.
    'next and weserv',
  ])
})
