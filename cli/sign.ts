// `halftone sign URL`: the URL with the signature its source expects.
import type { Config } from '../config.ts'
import { readAddress } from '../edge/languages/index.ts'
import { sign } from '../edge/signature.ts'
import { Failure } from '../errors.ts'

interface SignOptions {
  readonly url: string
  readonly expires?: string
}

export async function signUrl(config: Config, { url, expires }: SignOptions): Promise<void> {
  const { origin, target } = splitUrl(url)
  const { source } = readAddress(target)
  const settings = config.sources.get(source)
  if (!settings)
    throw new Failure('unknown-source', `There is no source named '${source}' in the configuration.`)
  if (!settings.keys?.length)
    throw new Failure('bad-signature', `The source '${source}' has no keys, so its URLs are not signed.`)
  const timed = expires === undefined ? target : withExpiry(target, moment(expires, Date.now()))
  readAddress(timed).readOptions('') // a signed URL that cannot be answered is no use
  console.log(origin + sign(timed, { scheme: settings.signature, keys: settings.keys }))
}

/** A whole URL or only its path; the origin is given back as it came. */
export function splitUrl(url: string): { origin: string; target: string } {
  const [, origin = '', target = ''] = /^(https?:\/\/[^/?#]+)?([^#]*)/i.exec(url) ?? []
  return { origin, target: target.startsWith('/') ? target : `/${target}` }
}

const withExpiry = (target: string, seconds: number): string =>
  `${target}${target.includes('?') ? '&' : '?'}expires=${seconds}`

const spans = { s: 1, m: 60, h: 3600, d: 86_400 } as const

function moment(written: string, now: number): number {
  const [, digits, unit] = /^(\d+)([smhd]?)$/.exec(written) ?? []
  if (digits === undefined)
    throw new Failure(
      'bad-option',
      `expected Unix seconds or a time such as 10m, 1h or 30d for --expires, received '${written}'`,
    )
  return unit ? Math.floor(now / 1000) + Number(digits) * spans[unit as keyof typeof spans] : Number(digits)
}
