// From what somebody wants purged, in the words of addresses, to what the log of purges takes. Pure.
import { asFailure, Failure } from '../errors.ts'
import { type Purge, type PurgeOrder, pictureTarget, type Target } from '../purging/index.ts'
import {
  type Client,
  dependsOn,
  exact,
  exactPath,
  formatClasses,
  parsePath,
  withPictures,
} from '../transforms/index.ts'
import type { EdgeSource } from './exact-request.ts'
import { findFor } from './further-pictures.ts'
import { type ReadAddress, readAddress } from './languages/index.ts'
import { dprLadder, widthLadder } from './negotiate.ts'

export type KnownSources = ReadonlyMap<
  string,
  Pick<EdgeSource, 'defaults'> & Partial<Pick<EdgeSource, 'signing' | 'isNamed' | 'isWeb'>>
>

interface Known {
  readonly sources: KnownSources
  readonly read: ReadAddress
}

/** Throws 'bad-address', 'bad-option' or 'unknown-source', naming the list at fault; 'bad-option' for an empty order. */
export function purgesOf(
  order: PurgeOrder,
  sources: KnownSources,
  read: ReadAddress = readAddress,
): readonly Purge[] {
  const known: Known = { sources, read }
  const targets: Target[] = [
    ...each(order, 'urls', (url) => addressTargets(targetOf(url), known)),
    ...each(order, 'pictures', (picture) => [pictureOf(targetOf(picture), known)]),
    ...each(order, 'keys', (key) => [keyTarget(key)]),
    ...each(order, 'prefixes', (prefix) => [prefixTarget(targetOf(prefix), sources)]),
    ...each(order, 'sources', (source) => [keyTarget(knownSource(source, sources))]),
    ...(order.everything ? [{ kind: 'everything' } as const] : []),
  ]
  if (targets.length === 0)
    throw new Failure('bad-option', 'The purge names nothing.', {
      expected: 'urls, pictures, keys, prefixes, sources or all',
    })
  if (targets.length > mostTargets)
    throw new Failure('bad-option', `The purge stands for ${targets.length} addresses and keys.`, {
      expected: `at most ${mostTargets}; a picture, a prefix or a source counts as one`,
    })
  return targets.map((target) => ({ target, isSoft: order.isSoft ?? false }))
}

/** One address with all client hints stands for some 2,000. */
const mostTargets = 5000

type List = 'urls' | 'pictures' | 'keys' | 'prefixes' | 'sources'

function each(order: PurgeOrder, list: List, targetsIn: (written: string) => readonly Target[]): Target[] {
  return (order[list] ?? []).flatMap((written) => {
    try {
      return targetsIn(written)
    } catch (thrown) {
      const { kind, message, details } = asFailure(thrown)
      throw new Failure(kind, `'${written.slice(0, 200)}': ${message}`, { ...details, option: list })
    }
  })
}

/** Path and query of an address that may be whole; what stands behind '#' never reaches a server. */
function targetOf(written: string): string {
  const target = written
    .trim()
    .replace(/^https?:\/\/[^/?#]+/i, '')
    .replace(/#.*/s, '')
  return target.startsWith('/') ? target : `/${target}`
}

function knownSource(source: string, known: KnownSources): string {
  if (known.has(source)) return source
  throw new Failure('unknown-source', `There is no source named '${source.slice(0, 100)}'.`)
}

/** Every exact address that this one can become: by what a client accepts and what it hints at. */
function addressTargets(target: string, { sources, read }: Known): readonly Target[] {
  const meant = read(target)
  const source = knownSource(meant.source, sources)
  const asked = meant.readOptions(sources.get(source)?.defaults ?? '')
  const options = withPictures(asked.options, findFor(source, sources))
  const paths = clientsFor(dependsOn(options)).map((client) =>
    exactPath(source, meant.path, exact(options, client)),
  )
  return [...new Set(paths)].map((value) => ({ kind: 'address', value }))
}

/** All that differ in what an answer depends on. */
function clientsFor({ accept, width, dpr, saveData }: ReturnType<typeof dependsOn>): Client[] {
  const clients: Client[] = []
  for (const formats of accept ? formatClasses : formatClasses.slice(0, 1))
    for (const saving of saveData ? [false, true] : [false])
      for (const wide of [undefined, ...(width ? widthLadder : [])])
        for (const dense of [undefined, ...(dpr ? dprLadder : [])])
          clients.push({
            formats,
            saveData: saving,
            ...(wide === undefined ? {} : { width: wide }),
            ...(dense === undefined ? {} : { dpr: dense }),
          })
  return clients
}

function pictureOf(target: string, { sources, read }: Known): Target {
  const { source, path } = read(target)
  return pictureTarget(knownSource(source, sources), path)
}

function keyTarget(value: string): Target {
  if (/^[\x21-\x7e]{1,256}$/.test(value)) return { kind: 'key', value }
  throw new Failure('bad-option', 'This is no surrogate key.', {
    expected: '1 to 256 visible ASCII characters without a blank',
  })
}

/** One letter more makes it a path, which is then spelled as caches spell it; the letter goes again. */
function prefixTarget(target: string, known: KnownSources): Target {
  if (!target.slice(1).includes('/'))
    throw new Failure('bad-address', 'Expected a source and the beginning of a path, such as /photos/2026/.')
  const { source, path } = parsePath(`${target}x`)
  const [whole = ''] = exactPath(knownSource(source, known), path, { format: 'original' }).split('?')
  return { kind: 'prefix', value: whole.slice(0, -1) }
}
