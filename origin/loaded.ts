// What an ask comes to: the picture that it names, its sources as they are now, and the key of the result.
import { Failure } from '../errors.ts'
import type { Epochs } from '../purging/index.ts'
import type { Ask, Headers } from '../tier.ts'
import {
  canonical,
  type ExactPlace,
  furtherSources,
  parseExactPath,
  type SourceName,
} from '../transforms/index.ts'
import { type Caching, mayBeKept, together } from './caching.ts'
import type { Loader, Source, Wish } from './loader.ts'
import { keysOf } from './respond.ts'
import { type ResultRequest, resultKey } from './result.ts'

export interface Loaded {
  readonly place: ExactPlace
  /** Where what it is made from lies, the source it is a picture of first; and what was found there. */
  readonly places: readonly SourceName[]
  readonly sources: readonly [Source, ...Source[]]
  readonly caching: Caching
  /** The source's own bytes are kept where sources are. */
  readonly isKept: boolean
  readonly loadMs: number
  readonly wanted: Omit<ResultRequest, 'make'>
}

export interface LoadOptions {
  /** By the source's name, the first part of every path. */
  readonly loaders: ReadonlyMap<string, Loader>
  readonly epochs: Epochs
  readonly now: () => number
}

/** Fails with 'unknown-source', and as loaders fail. */
export async function loadFor(ask: Ask, { loaders, epochs, now }: LoadOptions): Promise<Loaded> {
  const place = parseExactPath(ask.path)
  const places = [place, ...furtherSources(place.spec)]
  const about = { path: ask.path, keys: keysOf(places) }
  const { position: epoch } = epochs
  const purged = epochs.of(about)
  const wish: Wish = { headers: wishOf(ask), about, since: purged.hard, epoch }
  const began = now()
  const loading = places.map(({ source, path }) => loaderOf(source, loaders).load(path, ask.signal, wish))
  const sources = (await Promise.all(loading)) as [Source, ...Source[]]
  const [{ caching: first }, ...further] = sources
  const caching = together([first, ...further.map((each) => each.caching)])
  const isKept = mayBeKept(caching.shared) && place.spec.format !== 'original'
  const versions = sources.map((each) => each.version)
  const key = resultKey(versions, canonical(place.spec))
  const wanted = { key, priority: priorityOf(ask), keep: isKept, purged, epoch, signal: ask.signal }
  return { place, places, sources, caching, isKept, loadMs: now() - began, wanted }
}

function loaderOf(source: string, loaders: ReadonlyMap<string, Loader>): Loader {
  const loader = loaders.get(source)
  if (!loader) throw new Failure('unknown-source', 'There is no source of this name.')
  return loader
}

/** What it says to caches is for the one before the source servers too. */
const wishOf = ({ headers: { 'cache-control': wish } }: Ask): Headers =>
  wish === undefined ? {} : { 'cache-control': wish }

/** Urgency runs from 0 to 7, and its default is 3 (RFC 9218 4.1). A request of lower urgency can wait. */
function priorityOf({ headers }: Ask): 'foreground' | 'background' {
  const urgency = /(?:^|[\s,])u=([0-7])/.exec(headers.priority ?? '')?.[1] ?? '3'
  return Number(urgency) > 3 ? 'background' : 'foreground'
}
