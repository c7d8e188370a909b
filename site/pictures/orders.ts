// Requests of a site that say which picture they want: addresses below /cdn-cgi/image/, and, where the site wants that,
// the keys of the native language in a picture's own query.
import { createLanguages } from '../../edge/languages/index.ts'
import { Failure } from '../../errors.ts'
import type { Answer } from '../../tier.ts'
import { type Options, unknownKeys, withPictures } from '../../transforms/index.ts'
import { optionsOf, sourceOfSite } from './address.ts'

export interface PictureOrder {
  /** Where the original is: path and query. */
  readonly target: string
  readonly options: Options
  /** The answer as the language of the address has it. */
  readonly reshape?: ((answer: Answer) => Answer) | undefined
}

export interface OrderedAt {
  readonly site: string
  /** As the client wrote it. */
  readonly host: string
  /** Path and query. */
  readonly target: string
}

const prefix = '/cdn-cgi/image'

/** Undefined for an ordinary address. Throws 'bad-address', 'bad-option' or 'forbidden-address'. */
export function orderIn(at: OrderedAt, hasKeys: boolean): PictureOrder | undefined {
  if (at.target.startsWith(`${prefix}/`)) return cloudflareOrder(at)
  return hasKeys ? nativeOrder(at.target) : undefined
}

/** "It is taken as is": of a path of this site, or of a whole address at this host. */
function cloudflareOrder({ site, host, target }: OrderedAt): PictureOrder {
  const source = sourceOfSite(site)
  const web = ['https', 'http'].map((scheme) => ({ source, base: `${scheme}://${host}/`, hosts: [] }))
  const read = createLanguages([{ name: 'cloudflare', prefix, source }], web)(target)
  const { options, reshape } = read.readOptions('')
  // Where no quality is named it is found by what is seen, as everywhere on a site.
  const found = { metadata: 'copyright', quality: 'auto', ...options } as const
  return { target: `/${read.path}`, options: alone(found), reshape }
}

const pictureName = /\.(?:avif|gif|jpe?g|png|webp)$/i
/** Of an address of ours: a site has other uses for them. */
const notForSites = new Set(['dl', 'expires', 's'])

function nativeOrder(target: string): PictureOrder | undefined {
  const mark = target.indexOf('?')
  if (mark < 0 || !pictureName.test(target.slice(0, mark))) return undefined
  const pairs = target.slice(mark + 1).split('&')
  const isOurs = (pair: string): boolean => {
    const [key = ''] = pair.split('=')
    return !notForSites.has(key.toLowerCase()) && key !== '' && unknownKeys(pair).length === 0
  }
  const ours = pairs.filter(isOurs)
  if (ours.length === 0) return undefined
  const rest = pairs.filter((pair) => !isOurs(pair)).join('&')
  return {
    target: rest === '' ? target.slice(0, mark) : `${target.slice(0, mark)}?${rest}`,
    options: alone(optionsOf(ours.join('&'))),
  }
}

const alone = (options: Options): Options =>
  withPictures(options, (option) => {
    throw new Failure('bad-option', `${option} names a further picture, which sites do not have.`, { option })
  })
