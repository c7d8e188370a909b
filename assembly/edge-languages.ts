// The URL languages as the configuration mounts them, with the web addresses of its sources, and what of them is on a
// host of its own.
import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { createLanguages, type MountedLanguage, type ReadAddress, type WebSource } from '../edge/index.ts'
import { parseHostRule } from '../fetch/hosts.ts'

export const edgeLanguages = (config: Pick<Config, 'languages' | 'sources'>): ReadAddress =>
  createLanguages(mountedLanguages(config), webSources(config))

export const mountedLanguages = ({ languages }: Pick<Config, 'languages'>): readonly MountedLanguage[] =>
  Object.entries(languages).map(([name, settings]) => ({ name, ...settings }) as MountedLanguage)

/** Sources whose pictures have web addresses. */
export function webSources({ sources }: Pick<Config, 'sources'>): readonly WebSource[] {
  return [...sources].flatMap(([source, settings]): WebSource[] => {
    if ('site' in settings) return [{ source, base: settings.site, hosts: [] }]
    return 'hosts' in settings ? [{ source, hosts: settings.hosts.map(parseHostRule) }] : []
  })
}

/**
 * Puts the prefix in front of what is asked of a language's own host, so that all that follows sees one address.
 * Undefined where no language has one, and nothing has to be looked at.
 */
export function hostRouter({
  languages,
}: Pick<Config, 'languages'>): ((request: IncomingMessage) => void) | undefined {
  const prefixes = new Map<string, string>()
  for (const { hosts, prefix } of Object.values(languages))
    for (const host of hosts) prefixes.set(host, prefix)
  if (prefixes.size === 0) return undefined
  return (request) => {
    const host = request.headers.host?.toLowerCase() ?? ''
    const prefix = prefixes.get(host) ?? prefixes.get(host.replace(/:\d+$/, ''))
    if (prefix !== undefined) request.url = prefix + (request.url ?? '/')
  }
}
