// Turns a vague request (a URL, what the browser says of itself) into an exact one: one canonical path, every choice made.
import { Failure } from '../errors.ts'
import type { Answer } from '../tier.ts'
import {
  dependsOn,
  exact,
  exactPath,
  parsePath,
  pathOfName,
  type Spec,
  withPictures,
} from '../transforms/index.ts'
import type { Disposition } from './content-disposition.ts'
import type { EdgeSource } from './edge-source.ts'
import { findFor } from './further-pictures.ts'
import { varyOn } from './headers.ts'
import { type ReadAddress, readAddress } from './languages/index.ts'
import { type ClientHeaders, clientOf } from './negotiate.ts'
import { refuseExpired } from './signature.ts'

export type { EdgeSource } from './edge-source.ts'

export interface ExactRequest {
  readonly source: string
  /** The canonical path: what the tiers below are asked for, and the cache key everywhere. */
  readonly path: string
  readonly spec: Spec
  /** Value of Vary; empty when the URL alone decided. */
  readonly vary: string
  /** Unix seconds after which the link is gone. */
  readonly expires?: number
  /** How a browser is to save it, where the URL says so. */
  readonly saving?: Disposition
  /** The answer in the shape of the language it was asked in, where that is not the native one. */
  readonly reshape?: (answer: Answer) => Answer
  /** Shown in place of a picture that cannot be made, where the URL names one, as /source/path. */
  readonly fallback?: string
}

export interface EdgeRequest {
  /** Path and query exactly as received. */
  readonly target: string
  readonly headers: ClientHeaders
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Throws 'bad-address' or 'forbidden-address', 'unknown-source', 'bad-signature', 'bad-option' or 'expired'. */
export function makeExact(
  { target, headers, now }: EdgeRequest,
  sources: ReadonlyMap<string, EdgeSource>,
  read: ReadAddress = readAddress,
): ExactRequest {
  const meant = read(target)
  const { source, path } = meant
  const settings = sources.get(source)
  if (!settings) throw new Failure('unknown-source', `There is no source named '${source}'.`)
  meant.verify(settings.signing)
  const { options: asked, saving, reshape, fallback } = meant.readOptions(settings.defaults)
  const options = withPictures(asked, findFor(source, sources))
  refuseExpired(options.expires, now)
  const spec = exact(options, clientOf(headers))
  return {
    source,
    path: exactPath(source, spellingIn(settings, path), spec),
    spec,
    vary: varyOn(dependsOn(options)),
    ...(options.expires === undefined ? {} : { expires: options.expires }),
    ...(saving && { saving }),
    ...(reshape && { reshape }),
    ...(fallback !== undefined && mayShow(fallback, source, sources) && { fallback }),
  }
}

/** A picture that a URL names for a failure is no way round the signature that its source asks for. */
function mayShow(address: string, source: string, sources: ReadonlyMap<string, EdgeSource>): boolean {
  const place = parsePath(address)
  return place.source === source || sources.get(place.source)?.signing.keys.length === 0
}

/** The path for another picture made in the same way: a fallback with the asked-for size and format. */
export function samePictureOf(address: string, spec: Spec, sources: ReadonlyMap<string, EdgeSource>): string {
  const { source, path } = parsePath(address)
  return exactPath(source, spellingIn(sources.get(source), path), spec)
}

const spellingIn = (settings: EdgeSource | undefined, path: string): string =>
  settings?.isNamed ? pathOfName(path) : path
