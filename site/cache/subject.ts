// What an answer of a site is purged by: its address, its site, and the keys that its origin gave it. Pure.
import type { Subject } from '../../purging/index.ts'
import type { Headers } from '../../tier.ts'

/** A site's own key, and those of its origin behind it: no two sites have a key in common, whatever their origins say. */
export const siteKey = (site: string, key?: string): string =>
  key === undefined ? `site:${site}` : `site:${site}:${key}`

/** Keys of one answer beyond that are not read. */
const mostKeys = 1000

/** `path` is `//host/path`. Without headers the keys are not known. */
export function subjectOf(site: string, path: string, headers?: Headers): Subject {
  if (headers === undefined) return { path }
  const given = [...split(headers['surrogate-key'], /\s+/), ...split(headers['cache-tag'], /[\s,]+/)]
  const keys = given.slice(0, mostKeys).map((key) => siteKey(site, key))
  return { path, keys: [siteKey(site), ...keys].join(' ') }
}

const split = (field: string | undefined, by: RegExp): string[] =>
  (field ?? '').split(by).filter((key) => key !== '')
