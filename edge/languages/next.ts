// The addresses of Next.js' image component: /_next/image?url=...&w=640&q=75, with closed lists of widths and qualities.
import { Failure } from '../../errors.ts'
import { type AllowedSources, allowing } from './next/patterns.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import type { Places } from './shared/places.ts'
import { pairsOf, spelledAddress } from './shared/query.ts'
import { given, shown, whole } from './shared/values.ts'
import { type Asked, ignored, readWords, refusal, type Said, vocabulary, type Word } from './shared/words.ts'

export interface NextSettings extends AllowedSources {
  /** Widths that may be asked for, together. */
  readonly deviceSizes?: readonly number[] | undefined
  readonly imageSizes?: readonly number[] | undefined
  /** Qualities that may be asked for; absent, each from 1 to 100. */
  readonly qualities?: readonly number[] | undefined
  /** A width that is not on the list is taken for the next larger one, and not refused. */
  readonly roundUp?: boolean | undefined
}

interface NextAsked extends Asked {
  readonly width?: number
  readonly quality?: number
}

export const nextWords: readonly Word<NextAsked>[] = [
  {
    name: 'url',
    takes: 'a path that begins with one slash, or an http or https address, of at most 3072 characters',
    becomes: 'the source',
    read: () => ({}),
  },
  {
    name: 'w',
    takes: 'one of the configured widths',
    becomes: '`w`, `fit=max`',
    read: (text) => given(whole(text, 1, 8192), (width) => ({ width })),
  },
  {
    name: 'q',
    takes: 'an integer from 1 to 100, one of the configured qualities where there are some',
    becomes: '`q`',
    differs: 'AVIF is answered first where the client accepts it, in the quality that looks the same.',
    read: (text) => given(whole(text, 1, 100), (quality) => ({ quality })),
  },
  ignored('dpl', 'a deployment'),
]

const words = vocabulary(nextWords)
const widths = {
  device: [640, 750, 828, 1080, 1200, 1920, 2048, 3840],
  image: [16, 32, 48, 64, 96, 128, 256, 384],
}

export function createNext(settings: NextSettings, places: Places): ReadMeaning {
  const { deviceSizes = widths.device, imageSizes = widths.image } = settings
  const allowed = [...new Set([...deviceSizes, ...imageSizes])].sort((a, b) => a - b)
  const isAllowed = allowing(settings)
  return ({ rawPath, query }) => {
    if (rawPath !== '' && rawPath !== '/') throw new Failure('bad-address', 'Expected ?url=...&w=...&q=...')
    const said = pairsOf(query)
    return {
      place: placeOf(said, places),
      compile: (notes) =>
        compile(
          said.filter(([name]) => words.has(name)),
          notes,
          { settings, allowed, isAllowed },
        ),
    }
  }
}

const maxUrl = 3072

function placeOf(said: Said, places: Places) {
  const urls = said.filter(([name]) => name === 'url').map(([, text]) => text)
  const [url = ''] = urls
  const isFine = urls.length === 1 && url.length <= maxUrl && !url.startsWith('//')
  if (!isFine || !/^(?:\/|https?:\/\/)/i.test(url))
    throw new Failure(
      'bad-address',
      `Expected url to be a path that begins with one slash, or an http address`,
    )
  if (url.startsWith('/_next/image')) throw new Failure('bad-address', 'The address leads to itself')
  const address = spelledAddress(url)
  return url.startsWith('/') ? places.ofPath(address.replace(/[?#].*/s, '')) : places.ofUrl(address)
}

interface Lists {
  readonly settings: NextSettings
  readonly allowed: readonly number[]
  readonly isAllowed: (url: string) => boolean
}

function compile(said: Said, notes: Notes, { settings, allowed, isAllowed }: Lists): Compiled {
  const { asked, from } = readWords<NextAsked>(words, said, notes, {})
  const [, url = ''] = said.find(([name]) => name === 'url') ?? []
  if (!isAllowed(url))
    notes.refused(refusal('url', 'url is not one that localPatterns, remotePatterns or domains allow'))
  const width = allowedWidth(asked.width, allowed, settings.roundUp ?? false)
  if (width === undefined) notes.refused(outside('w', allowed))
  const { qualities } = settings
  if (asked.quality === undefined || (qualities && !qualities.includes(asked.quality)))
    notes.refused(outside('q', qualities))
  return {
    pairs: {
      ...(width === undefined ? {} : { w: shown(width), fit: 'max' }),
      ...(asked.quality === undefined ? {} : { q: shown(asked.quality) }),
      auto: 'format',
    },
    from,
  }
}

function allowedWidth(
  width: number | undefined,
  allowed: readonly number[],
  roundUp: boolean,
): number | undefined {
  if (width === undefined || allowed.includes(width)) return width
  return roundUp ? (allowed.find((each) => each >= width) ?? allowed.at(-1)) : undefined
}

function outside(option: string, allowed: readonly number[] | undefined): Failure {
  const which = allowed ? `one of ${allowed.join(', ')}` : 'an integer from 1 to 100'
  return refusal(option, `Expected ${which} for ${option}`)
}
