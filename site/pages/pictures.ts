// What is known of the pictures of sites: of those that the sites' cache has, so nobody is asked for them, and what is
// known is true of what will be sent.
import { LRUCache } from 'lru-cache'
import { type Facts, identify } from '../../transforms/index.ts'
import type { Seen, SiteBody, SiteCache } from '../cache/index.ts'
import { hostOf } from '../hosts.ts'
import { isTouchable } from '../pictures/touchable.ts'
import { urlOf } from './addresses.ts'
import type { SeenPicture } from './attributes.ts'
import { orderAt, type PictureAt, seenPicture } from './seen.ts'

export interface SeenPictures {
  /** Undefined where nothing is known, or not yet: it may be known the next time. */
  find(picture: PictureAt): SeenPicture | undefined
  /** Settles when nothing is being looked at. */
  idle(): Promise<void>
}

export interface SeenPicturesOptions {
  readonly cache: Pick<SiteCache, 'seen' | 'seenNow'>
  readonly now: () => number
}

/** Some hundred bytes each, a kilobyte with many widths. */
const mostPictures = 20_000
/** The first bytes say how large a picture is, unless it carries a large preview of itself. */
const firstBytes = 256 * 1024
/** Looks at the disk at once, and how long one of them counts. */
const mostLooks = 8
const looksLastMs = 60_000
/** What was not there may be there soon: a page's pictures are asked for when the page has come. */
const missesLastMs = 1000

/** As browsers ask for pictures: the variant that they get is the one that is looked at. */
const asBrowser = {
  accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
}

export function createSeenPictures({ cache, now }: SeenPicturesOptions): SeenPictures {
  /** By the version of the original and the address. */
  const pictures = new LRUCache<string, { readonly picture: SeenPicture | undefined }>({ max: mostPictures })
  /** By the address, for what does not lie in memory. */
  const looks = new LRUCache<string, { readonly id: string | undefined; readonly until: number }>({
    max: mostPictures,
  })
  const looking = new Map<string, Promise<void>>()

  const keyOf = (id: string, { site, at, widths, making }: PictureAt): string =>
    `${id} ${site} ${urlOf(at)} ${widths.length} ${making !== undefined}`

  function know(seen: Seen, picture: PictureAt, bytes: Buffer): SeenPicture | undefined {
    const isTouched = picture.making !== undefined && isTouchable(seen, {})
    const facts = factsOf(bytes)
    const known = facts && seenPicture(facts, isTouched ? picture : { ...picture, making: undefined })
    pictures.set(keyOf(seen.id, picture), { picture: known })
    return known
  }

  function find(picture: PictureAt): SeenPicture | undefined {
    const asked = askedFor(picture)
    if (asked === undefined) return undefined
    const seen = cache.seenNow(asked)
    const { id, until = 0 } = seen ? { id: seen.id } : (looks.get(asked.address) ?? {})
    const known = id === undefined ? undefined : pictures.get(keyOf(id, picture))
    if (seen && known === undefined && seen.body.held) return know(seen, picture, seen.body.held)
    if (seen ? known === undefined : until < now()) look(asked, picture)
    return known?.picture
  }

  function look(asked: Asked, picture: PictureAt): void {
    if (looking.has(asked.address) || looking.size >= mostLooks) return
    const look = lookAt(asked, picture)
      // What cannot be read is not known.
      .catch(() => {})
      .finally(() => looking.delete(asked.address))
    looking.set(asked.address, look)
  }

  async function lookAt(asked: Asked, picture: PictureAt): Promise<void> {
    const seen = await cache.seen(asked)
    const lasts = seen ? looksLastMs : missesLastMs
    looks.set(asked.address, { id: seen?.id, until: now() + lasts })
    if (seen && seen.status === 200 && !pictures.has(keyOf(seen.id, picture)))
      know(seen, picture, await beginningOf(seen.body))
  }

  return {
    find,
    async idle() {
      while (looking.size > 0) await Promise.all(looking.values())
    },
  }
}

type Asked = Parameters<SiteCache['seenNow']>[0]

/** The original, where the address says what is to be made of it. */
function askedFor(picture: PictureAt): Asked | undefined {
  const { site, at } = picture
  const order = orderAt(picture)
  if (order === undefined) return undefined
  const original = order === 'none' ? at : { ...at, target: order.target }
  return {
    site,
    address: `${site} ${urlOf(original)}`,
    path: `//${hostOf(original.host)}${original.target}`,
    headers: asBrowser,
  }
}

async function beginningOf(body: SiteBody): Promise<Buffer> {
  if (body.held) return body.held
  const chunks: Buffer[] = []
  for await (const chunk of body.open({ start: 0, end: Math.min(firstBytes, body.length ?? 0) - 1 }))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

const formats: ReadonlySet<string> = new Set(['avif', 'gif', 'jpeg', 'png', 'webp'])

function factsOf(bytes: Buffer): Facts | undefined {
  try {
    const facts = identify(bytes)
    return formats.has(facts.format) ? facts : undefined
  } catch {
    return undefined
  }
}
