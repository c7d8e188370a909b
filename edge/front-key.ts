// The key under which a cache in front of the edge keeps a picture. Requests with equal keys always have equal answers;
// common spellings of one request share a key, though not all do: it must cost next to nothing. Pure;
// lua/halftone/front_key.lua is its twin, and test/vectors/front-keys.json is made from this file.
import { isReserved } from '../http/reserved-paths.ts'
import { keyTable, revision, withoutJxl } from '../transforms/index.ts'
import type { EdgeSource } from './exact-request.ts'
import { type FrontPath, type PathFault, readFrontPath } from './front-path.ts'
import { type FrontQuery, readFrontQuery } from './front-query.ts'
import { type ClientHeaders, clientOf } from './negotiate.ts'

export type FrontSource = Pick<EdgeSource, 'defaults' | 'isNamed'>

export type FrontRequest =
  | { readonly is: 'passed' }
  | { readonly is: 'refused'; readonly why: FrontFault }
  | FrontPicture

export type FrontFault = PathFault | 'target-too-long' | 'unknown-source'

export interface FrontPicture {
  readonly is: 'picture'
  readonly source: string
  /** What requests for the same source picture have in common: /source/path. */
  readonly place: string
  /** Whether `place` is the canonical path, which purges name. */
  readonly isExact: boolean
  readonly key: string
  /** False for links that expire, and for originals. */
  readonly isKept: boolean
  readonly expires?: number
  /** The picture may show others beside its source. */
  readonly namesPictures: boolean
}

export const longestTarget = 8192

/** What a front knows of a request by its target, as received, and its headers. Signatures are another matter. */
export function readFrontRequest(
  target: string,
  headers: ClientHeaders,
  sources: ReadonlyMap<string, FrontSource>,
  /** Where other languages are mounted. */
  prefixes: readonly string[] = [],
): FrontRequest {
  if (target.length > longestTarget) return { is: 'refused', why: 'target-too-long' }
  if (prefixes.some((prefix) => target.startsWith(prefix))) return { is: 'passed' }
  const mark = target.indexOf('?')
  const path = readFrontPath(mark < 0 ? target : target.slice(0, mark), {
    // The samples are a source, where they are offered.
    isReserved: (first) => isReserved(first) && !sources.has(first),
    isNamed: (name) => sources.get(name)?.isNamed ?? false,
  })
  if (path.is !== 'picture') return path
  const source = sources.get(path.source)
  if (source === undefined) return { is: 'refused', why: 'unknown-source' }
  const query = readFrontQuery(mark < 0 ? '' : target.slice(mark + 1), source.defaults, keyTable)
  return query === undefined ? { is: 'passed' } : pictureOf(path, query, headers)
}

function pictureOf(
  { source, spelling, path }: Extract<FrontPath, { is: 'picture' }>,
  query: FrontQuery,
  headers: ClientHeaders,
): FrontPicture {
  const place = `/${source}/${spelling}`
  return {
    is: 'picture',
    source,
    place,
    isExact: path !== undefined,
    key: `${place}?${query.pairs} r${revision}${clientPart(query, headers)}`,
    isKept: query.expires === undefined && !query.isOriginal,
    ...(query.expires !== undefined && { expires: query.expires }),
    namesPictures: query.namesPictures,
  }
}

/** What the client said, as far as the address lets it count. */
function clientPart({ negotiates, jxl, width, dpr, saveData }: FrontQuery, headers: ClientHeaders): string {
  if (!negotiates && !width && !dpr && !saveData) return ''
  const client = clientOf(headers)
  return [
    negotiates && ` ${jxl ? client.formats : withoutJxl(client.formats)}`,
    width && ` w${client.width ?? ''}`,
    dpr && ` d${client.dpr ?? ''}`,
    saveData && ` s${client.saveData ? 1 : 0}`,
  ]
    .filter((part) => part !== false)
    .join('')
}
