// Who is told of a purge, and in which order: from the sources outwards.
import type { Member } from '../cluster/members.ts'
import type { Config } from '../config.ts'

/** What a member does: what it caches, or that it is an nginx in front of all. */
export type MemberRole = 'origin' | 'shield' | 'edge' | 'nginx'

export interface Told {
  readonly url: string
  readonly roles: readonly MemberRole[]
}

/** No tier is filled again from one that was not purged yet. */
const layers: readonly MemberRole[] = ['origin', 'shield', 'edge', 'nginx']

const cachesOf: Readonly<Record<MemberRole, readonly string[]>> = {
  origin: ['origin', 'result cache', 'source cache'],
  shield: ['shield'],
  edge: ['edge'],
  nginx: ['nginx'],
}

export const partsOf = (roles: readonly MemberRole[]): readonly string[] =>
  layers.filter((role) => roles.includes(role)).flatMap((role) => cachesOf[role])

const isMemberRole = (role: string): role is MemberRole => (layers as readonly string[]).includes(role)

export const cachingRoles = (roles: readonly string[]): readonly MemberRole[] => roles.filter(isMemberRole)

/**
 * All that the settings name and all that registered, without this process and those that cache nothing, by layers. A
 * process stands where its innermost tier does: it acknowledges for all of them at once.
 */
export function layersOf(
  config: Pick<Config, 'origins' | 'shields' | 'edges' | 'nginx' | 'roles'>,
  registered: readonly Member[],
  self: string | undefined,
): readonly (readonly Told[])[] {
  const told = new Map<string, Told>()
  const name = (role: MemberRole, urls: readonly string[]): void => {
    for (const url of urls) {
      const { origin } = new URL(url)
      const known = told.get(origin)?.roles ?? []
      told.set(origin, { url: origin, roles: [...known, role] })
    }
  }
  // A tier of this process has no others beside it that this process would ask.
  if (!config.roles.includes('origin')) name('origin', config.origins)
  if (!config.roles.includes('shield')) name('shield', config.shields)
  name('edge', config.edges)
  name('nginx', config.nginx)
  // What a process says of itself is better known than what the settings say of it.
  for (const { url, roles } of registered)
    if (cachingRoles(roles).length > 0) told.set(url, { url, roles: cachingRoles(roles) })
  if (self !== undefined) told.delete(self)
  return layers.map((layer) => [...told.values()].filter(({ roles }) => layerOf(roles) === layer))
}

export const layerOf = (roles: readonly MemberRole[]): MemberRole | undefined =>
  layers.find((layer) => roles.includes(layer))
