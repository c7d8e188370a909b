// Which site a Host header means. Pure.

export interface Hosted {
  /** In lower case, without port; `*.example.com` for all names below one. */
  readonly hosts: readonly string[]
}

export interface HostsOf<S> {
  /** By the value of Host, in any case and with any port. The longest name that fits wins. */
  find(host: string | undefined): S | undefined
}

/** `others`: names that are no site's, also below a site's `*.`; in lower case, without port. */
export function createHosts<S extends Hosted>(
  sites: readonly S[],
  others: ReadonlySet<string> = new Set(),
): HostsOf<S> {
  const exact = new Map<string, S>()
  const suffixes = new Map<string, S>()
  for (const site of sites)
    for (const host of site.hosts)
      if (host.startsWith('*.')) suffixes.set(host.slice(2), site)
      else exact.set(host, site)

  function below(name: string): S | undefined {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const site = suffixes.get(name.slice(dot + 1))
      if (site) return site
    }
    return undefined
  }

  return {
    find(host) {
      if (host === undefined || (exact.size === 0 && suffixes.size === 0)) return undefined
      const name = hostOf(host)
      return exact.get(name) ?? (others.has(name) ? undefined : below(name))
    },
  }
}

/** The name in a Host header: lower case, without port and the dot that ends an absolute name. */
export const hostOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
