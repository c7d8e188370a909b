// Which hosts are Halftone's own, beside those of its sites. Pure.
import { isIP } from 'node:net'
import { hostOf } from './hosts.ts'

export interface OwnHosts {
  /** By the value of Host. A request of HTTP/1.0 may have none. */
  has(host: string | undefined): boolean
}

/** `named`: host names in lower case, without port. Addresses and the names of this machine itself are always ours. */
export function createOwnHosts(named: Iterable<string>): OwnHosts {
  const names = new Set(named)
  return {
    has(host) {
      if (host === undefined) return true
      const name = hostOf(host)
      if (names.has(name) || name === 'localhost' || name.endsWith('.localhost')) return true
      return isIP(name) !== 0 || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0
    },
  }
}
