// What a request for a page asks of the cache: conditions in the origin's own words, and no parts of what goes out whole.
import type { Headers } from '../../tier.ts'
import type { Asking } from '../cache/index.ts'
import type { PageTags } from './entity-tags.ts'

/** Header fields to be changed; undefined for one that is left out. */
export type Changes = Readonly<Record<string, string | undefined>>

const ranges = ['range', 'if-range']

/** The request with other headers, also where its origin is asked. */
export function withHeaders(asking: Asking, changed: Changes): Asking {
  const names = Object.keys(changed)
  if (names.length === 0) return asking
  return {
    ...asking,
    headers: changedHeaders(asking.headers, changed),
    ask(how) {
      const said = names.filter((name) => changed[name] !== undefined && !how.without?.has(name))
      return asking.ask({
        ...how,
        without: new Set([...(how.without ?? []), ...names]),
        and: [...(how.and ?? []), ...said.flatMap((name) => [name, changed[name] ?? ''])],
      })
    },
  }
}

function changedHeaders(headers: Headers, changed: Changes): Headers {
  const all = Object.entries({ ...headers, ...changed })
  return Object.fromEntries(all.filter((field): field is [string, string] => field[1] !== undefined))
}

/** `isPage`: whether the address has been a page that was added to. */
export function changesFor(
  headers: Headers,
  { tags, isPage }: { readonly tags: PageTags; readonly isPage: boolean },
): Changes {
  const condition = tags.theirs(headers['if-none-match'])
  return {
    ...(condition === undefined ? {} : { 'if-none-match': condition }),
    ...(isPage ? withoutRange(headers) : {}),
  }
}

export const withoutRange = (headers: Headers): Changes =>
  Object.fromEntries(ranges.filter((name) => headers[name] !== undefined).map((name) => [name, undefined]))
