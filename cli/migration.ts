// What an address of another service becomes here: its language, its native address, what differs, what is missing. Pure.
import { readAddress } from '../edge/languages/index.ts'
import type { LanguageAddress } from '../edge/languages/language.ts'
import {
  definitions,
  type LanguageName,
  type MountedLanguage,
  mountOver,
  placesOf,
} from '../edge/languages/registry.ts'
import type { Notes } from '../edge/languages/shared/notes.ts'
import type { Places, WebSource } from '../edge/languages/shared/places.ts'
import { asFailure, Failure } from '../errors.ts'
import { parse, write } from '../transforms/index.ts'

/** `imgix` is the native language. */
export type Origin = LanguageName | 'uploadcare' | 'imgix'
export const origins: readonly Origin[] = [
  ...(Object.keys(definitions) as LanguageName[]),
  'uploadcare',
  'imgix',
]

export interface Migration {
  readonly url: string
  readonly from: Origin
  /** Path and query in the native language; absent where the address cannot be read at all. */
  readonly native?: string
  /** Path and query in its own language, below the prefix that it is mounted at. */
  readonly mounted?: string
  readonly differs: readonly string[]
  readonly missing: readonly string[]
  /** What has to be configured before it is answered. */
  readonly configure: readonly string[]
}

export interface MigrationContext {
  readonly mounts: readonly MountedLanguage[]
  readonly web: readonly WebSource[]
}

/** The language that an address looks like. */
export function guess(url: string): Origin {
  const { host, path } = split(url)
  const byHost = hosts.find(([pattern]) => pattern.test(host))?.[1]
  return byHost ?? paths.find(([pattern]) => pattern.test(path))?.[1] ?? 'imgix'
}

const hosts: readonly (readonly [RegExp, Origin])[] = [
  [/(?:^|[.-])res\.cloudinary\.com$/, 'cloudinary'],
  [/^(?:wsrv\.nl|images\.weserv\.nl)$/, 'weserv'],
  [/(?:^|\.)(?:ucarecdn\.com|ucarecd\.net)$/, 'uploadcare'],
  [/\.imgix\.net$/, 'imgix'],
]

const paths: readonly (readonly [RegExp, Origin])[] = [
  [/^\/cdn-cgi\/image\//, 'cloudflare'],
  [/\/_next\/image\/?(?:\?|$)/, 'next'],
  [/\/_ipx\//, 'ipx'],
  [/\/image\/(?:upload|fetch|private|authenticated)\//, 'cloudinary'],
  [/^\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\/|$)/i, 'uploadcare'],
  [/\/plain\/|^\/[^/?]+\/(?:[a-z_-]+:[^/?]*\/)+/i, 'imgproxy'],
  [/^\/(?:unsafe|[\w-]{27}(?:=|%3D))\//i, 'thumbor'],
  [/^\/\?(?:.*&)?url=/, 'weserv'],
]

interface Parts {
  /** With scheme and host; empty for a path alone. */
  readonly site: string
  readonly host: string
  /** Path and query. */
  readonly path: string
}

function split(url: string): Parts {
  const [, site = '', path = ''] = /^(https?:\/\/[^/?#]+)?([^#]*)/i.exec(url.trim()) ?? []
  const host = site.replace(/^https?:\/\//i, '').toLowerCase()
  return { site, host, path: path.startsWith('/') ? path : `/${path}` }
}

export function migrate(url: string, from: Origin, context: MigrationContext): Migration {
  const findings: Findings = { differs: new Set(), missing: new Set(), configure: new Set() }
  const found = { url, from, ...read(url, from, { context, findings }) }
  const { differs, missing, configure } = findings
  return { ...found, differs: [...differs], missing: [...missing], configure: [...configure] }
}

interface Findings {
  readonly differs: Set<string>
  readonly missing: Set<string>
  readonly configure: Set<string>
}

interface Reading {
  readonly context: MigrationContext
  readonly findings: Findings
}

function read(url: string, from: Origin, reading: Reading): Pick<Migration, 'native' | 'mounted'> {
  try {
    if (from === 'imgix') return ofImgix(url, reading)
    return from === 'uploadcare' ? ofUploadcare(url, reading) : ofLanguage(url, from, reading)
  } catch (thrown) {
    const { kind, message } = asFailure(thrown)
    if (kind === 'internal') throw thrown
    reading.findings.missing.add(message)
    return {}
  }
}

function ofLanguage(
  url: string,
  from: LanguageName,
  { context, findings }: Reading,
): Pick<Migration, 'native' | 'mounted'> {
  const mount = context.mounts.find(({ name }) => name === from)
  if (!mount) findings.configure.add(`languages: { ${from}: true }`)
  const used = mount ?? ({ name: from, prefix: definitions[from].prefix } as MountedLanguage)
  const parts = split(url)
  const path = used.prefix + behindPrefix(parts.path, definitions[from].prefix)
  const places = forgiving(placesOf(used, context.web), { used, parts, findings })
  const language = mountOver({ ...used, ...unsigned }, places)
  const [rawPath = '', query = ''] = path.split(/\?(.*)/s)
  const meant = language.read({ whole: path, rawPath, query })
  return { native: nativeOf(meant, findings), mounted: path }
}

/** Whether an address is signed with the right key is no question of what it means. */
const unsigned = { keys: undefined, secrets: undefined, tokenKeys: undefined }

/** The well-known path is where it is looked for, wherever the service or site had it. */
function behindPrefix(path: string, prefix: string): string {
  const at = path.indexOf(`${prefix}/`) >= 0 ? path.indexOf(`${prefix}/`) : path.indexOf(`${prefix}?`)
  return at < 0 ? path : path.slice(at + prefix.length)
}

interface Site {
  readonly used: MountedLanguage
  readonly parts: Parts
  readonly findings: Findings
}

/** Finds a place for what no source covers too, and says what is to be configured. */
function forgiving(places: Places, { used, parts, findings }: Site): Places {
  const named = (address: string, isGuess?: boolean) => {
    try {
      return places.ofUrl(address, isGuess)
    } catch (thrown) {
      const { kind, message, details } = asFailure(thrown)
      if (kind !== 'forbidden-address') throw thrown
      findings.configure.add(`${message.replace(/\.$/, '')}: ${details.expected}`)
      return { source: 'web', path: address }
    }
  }
  const ofPath = (rawPath: string) => {
    if (used.source !== undefined) return places.ofPath(rawPath)
    const path = rawPath.replace(/^\//, '')
    const address = `${parts.site}/${path}`
    if (relative.has(used.name) && parts.site !== '' && places.has(address)) {
      const place = places.ofUrl(address)
      findings.configure.add(`languages: { ${used.name}: { source: '${place.source}' } }`)
      return place
    }
    findings.configure.add(`languages: { ${used.name}: { source: 'a source of yours' } }`)
    return { source: 'source', path }
  }
  return {
    ...places,
    ofUrl: named,
    ofPath,
    of: (text) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? named(text) : ofPath(text)),
  }
}

/** Languages whose paths are those of the site that they are on. */
const relative: ReadonlySet<LanguageName> = new Set<LanguageName>(['cloudflare', 'next', 'ipx'])

function notesFor({ differs, missing }: Findings): Notes {
  return {
    used: ({ name, differs: text }) => text !== undefined && differs.add(`${name}: ${text}`),
    refused: (failure) => missing.add(failure.message),
  }
}

function nativeOf(meant: LanguageAddress, findings: Findings): string {
  const { options, saving } = meant.readOptions('', notesFor(findings))
  const download = saving?.as === 'attachment' && saving.name ? { download: saving.name } : {}
  return addressOf(meant, write({ ...options, ...download }))
}

function addressOf({ source, path }: Pick<LanguageAddress, 'source' | 'path'>, query: string): string {
  const written = /^https?:\/\//.test(path) ? encodeURIComponent(path) : path
  return `/${source}/${written}${query === '' ? '' : `?${query}`}`
}

function ofUploadcare(url: string, { findings }: Reading): Pick<Migration, 'native' | 'mounted'> {
  const { path } = split(url)
  return { native: nativeOf(readAddress(path), findings), mounted: path }
}

/** Its addresses are native ones; the path begins with the name of a source. */
function ofImgix(url: string, { context, findings }: Reading): Pick<Migration, 'native' | 'mounted'> {
  const [path = '', query = ''] = split(url).path.split(/\?(.*)/s)
  const fine = query.split('&').filter((pair) => {
    try {
      parse(pair)
      return true
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      findings.missing.add(thrown.message)
      return false
    }
  })
  const [, first = ''] = path.split('/')
  const isKnown = context.web.some(({ source }) => source === first)
  if (!isKnown)
    findings.configure.add("a source for its pictures: the first part of a native path is a source's name")
  const options = write(parse(fine.filter((pair) => !pair.startsWith('s=')).join('&')))
  return { native: `${isKnown ? '' : '/source'}${path}${options === '' ? '' : `?${options}`}` }
}
