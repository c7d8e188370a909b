// Whatever is written in a language, it is a picture or a refusal that names an option: 20,000 addresses of each, or as
// many as HALFTONE_TEST_URLS says.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definitions, type LanguageName, languageNames } from '../../edge/languages/registry.ts'
import { Failure } from '../../errors.ts'
import { exactPath, parseExactPath } from '../../transforms/index.ts'
import { aSpeaker, mountOf } from './spoken.ts'

const runs = Number(process.env.HALFTONE_TEST_URLS ?? 4000)

/** A small generator of its own: one number makes a whole address, and fast-check finds and repeats it. */
function dice(seed: number) {
  let state = seed | 0
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T
  return {
    next,
    pick,
    some: <T>(most: number, make: () => T): T[] => Array.from({ length: next(most + 1) }, make),
  }
}

const hostile = [
  '',
  '%',
  '%00',
  '%2F',
  '..',
  '-1',
  '99999999999',
  '1e9',
  'NaN',
  '__proto__',
  'constructor',
  '$',
  '(',
  ')/',
  "'",
  'ü',
  '%C3%28',
  '1:1',
  '0.5',
  ';',
  '\u0000',
]
const origins = [
  'cats/tom.jpg',
  'https://assets.example.org/a/b.jpg',
  'https://elsewhere.example/a',
  '../a',
  'a%20b.jpg',
  '',
  '%2e%2e/a',
]

type Dice = ReturnType<typeof dice>
type Writer = (dice: Dice, words: { readonly name: () => string; readonly value: () => string }) => string

const writers: Readonly<Record<LanguageName, Writer>> = {
  cloudflare: ({ some, pick }, { name, value }) =>
    `/${some(5, () => `${name()}=${value()}`).join(',')}/${pick(origins)}`,
  imgproxy: ({ some, pick }, { name, value }) =>
    `${pick(['', '', '/info'])}/_/${some(5, () => [name(), ...some(3, value)].join(':')).join('/')}/${pick(['plain/', '', 'enc/'])}${pick(origins)}${pick(['', '@webp', '.png'])}`,
  next: ({ pick }, { value }) =>
    `?url=${encodeURIComponent(pick(origins))}&w=${pick([value(), '640'])}&q=${pick([value(), '75'])}&${value()}`,
  ipx: ({ some, pick }, { name, value }) =>
    `/${some(5, () => name() + pick(['_', ':', '=']) + value()).join(pick([',', '&']))}/${pick(origins)}`,
  weserv: ({ some, pick }, { name, value }) =>
    `/?url=${pick(origins)}&${some(6, () => `${name()}=${value()}`).join('&')}`,
  thumbor: ({ some, pick, next }, { name, value }) =>
    `/unsafe/${some(3, () => pick([name(), `${next(900)}x${next(900)}`, 'fit-in', 'smart', value()])).join('/')}/filters:${some(4, () => `${name()}(${some(3, value).join(',')})`).join(':')}/${pick(origins)}`,
  cloudinary: ({ some, pick }, { name, value }) =>
    `/demo/image/${pick(['upload', 'fetch'])}/${some(3, () => some(4, () => `${name()}${pick(['_', ':'])}${value()}`).join(',')).join('/')}/${pick(origins)}`,
}

test.each(languageNames)(
  '%s',
  (language) => {
    const { accepted, refused, settings } = JSON.parse(
      readFileSync(new URL(`../vectors/${language}.json`, import.meta.url), 'utf8'),
    )
    const known: readonly string[] = [...accepted, ...refused].map(([address]) => address)
    const values = [...new Set(known.flatMap((address) => address.split(/[/:,=&_()?]/)))]
    const names = definitions[language].tables.flatMap(({ words }) =>
      words.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    )
    const mount = mountOf(language, settings)
    const { exactly } = aSpeaker([mount])
    let made = 0

    const write = (seed: number): string => {
      const throwOf = dice(seed)
      const { next, pick } = throwOf
      const value = () => (next(8) === 0 ? pick(hostile) : pick(values))
      const name = () => (next(20) === 0 ? pick(hostile) : pick(names))
      if (next(3) > 0) return writers[language](throwOf, { name, value })
      // An address that is fine but for one place.
      const address = pick(known)
      const at = next(address.length + 1)
      return address.slice(0, at) + value() + address.slice(at + next(3))
    }

    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const address = mount.prefix + write(seed)
        try {
          const { path } = exactly(address, 'image/avif,image/webp')
          const { source, path: place, spec } = parseExactPath(path)
          expect(exactPath(source, place, spec)).toBe(path)
          made += 1
        } catch (thrown) {
          if (!(thrown instanceof Failure)) throw new Error(`${address}: ${thrown}`, { cause: thrown })
          const { kind, details } = thrown
          if (kind === 'bad-option')
            expect([address, details.option]).toEqual([address, expect.stringMatching(/./s)])
          else expect(['bad-address', 'forbidden-address', 'unknown-source', 'expired']).toContain(kind)
        }
      }),
      { numRuns: runs },
    )
    expect(made).toBeGreaterThan(runs / 100)
  },
  300_000,
)
