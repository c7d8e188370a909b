// Where other processes reach this one.
import { hostname } from 'node:os'
import type { Config } from '../config.ts'

export function selfOf({ self, host, port }: Pick<Config, 'self' | 'host' | 'port'>): string {
  if (self !== '') return new URL(self).origin
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}`).origin
}
