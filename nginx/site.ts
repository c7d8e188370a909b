// What the Lua files must know of this Halftone: its URL language, its sources with their keys, its edges and secrets.
import type { FrontSource } from '../edge/front-key.ts'
import type { Signing } from '../edge/signature.ts'
import { reservedPaths } from '../http/reserved-paths.ts'
import { type LuaLimits, limitsTable } from '../limits/lua-table.ts'
import { keyTable, revision } from '../transforms/index.ts'
import { type LuaValue, luaText } from './lua-text.ts'
import { refusals } from './refusals.ts'

export interface Site {
  readonly sources: ReadonlyMap<string, FrontSource & { readonly signing: Signing }>
  /** Where the edges are: `http://host:port`. */
  readonly edges: readonly string[]
  readonly tierSecrets: readonly string[]
  /** Where the configuration has rules. */
  readonly limits?: LuaLimits | undefined
  /** Where other URL languages are mounted, and hosts at which no address is one of ours: all that is passed on. */
  readonly prefixes?: readonly string[]
  readonly hosts?: readonly string[]
  /** The file in which nginx keeps the purges that it knows. */
  readonly stateFile: string
  /** How often the edges' logs of purges are read; 3 seconds when not set. */
  readonly syncSeconds?: number
}

/** The text of halftone/site.lua. It has secrets: of those who sign, and of the tiers. */
export function siteText(site: Site): string {
  const table = {
    revision: String(revision),
    keys: Object.fromEntries([...keyTable].map(([spelling, meaning]) => [spelling, keyOf(meaning)])),
    // `samples` is a source, where it is one.
    reserved: Object.fromEntries(reserved(site).map((first) => [first, true])),
    sources: Object.fromEntries([...site.sources].map(([name, source]) => [name, sourceOf(source)])),
    edges: site.edges.map(edgeOf),
    secrets: site.tierSecrets,
    prefixes: site.prefixes ?? [],
    // As nginx knows them: in lower case, without a port.
    hosts: Object.fromEntries(
      (site.hosts ?? []).map((host) => [host.toLowerCase().replace(/:\d+$/, ''), true]),
    ),
    state_file: site.stateFile,
    sync_seconds: site.syncSeconds ?? 3,
    ...(site.limits && { limits: limitsTable(site.limits) as LuaValue }),
    refusals: refusals() as unknown as LuaValue,
  }
  return `-- Written by \`halftone nginx\`; it has secrets. Changes belong into the configuration of Halftone.\nreturn ${luaText(table)}\n`
}

function reserved({ sources }: Site): string[] {
  return Object.values<readonly string[]>(reservedPaths)
    .flat()
    .filter((first) => !sources.has(first))
}

const keyOf = ({ name, base64, counts, namesPicture }: NonNullable<ReturnType<typeof keyTable.get>>) => ({
  name,
  counts,
  ...(base64 && { base64 }),
  ...(namesPicture && { pictures: true }),
})

const sourceOf = ({
  defaults,
  isNamed = false,
  signing: { scheme, keys },
}: FrontSource & { readonly signing: Signing }) => ({
  defaults,
  named: isNamed,
  scheme,
  signing_keys: keys,
})

function edgeOf(url: string) {
  const { hostname, port } = new URL(url)
  return { url, host: hostname, port: Number(port || 80) }
}
