// Pictures of sites: under the same address, in fewer bytes. What is not ready when the deadline comes goes out as the
// origin sent it, and is ready the next time.
import { varyOn } from '../../edge/headers.ts'
import type { Headers, HeldAnswer, Tier } from '../../tier.ts'
import { dependsOn, type Options } from '../../transforms/index.ts'
import { heldBody } from '../cache/body.ts'
import { headersOf } from '../cache/entry.ts'
import { type Asking, type SiteAnswer, type SiteBody, unconditional, wholeOf } from '../cache/index.ts'
import { select, verdictOn } from '../cache/respond.ts'
import { pathOf } from './address.ts'
import { namesOurs, tagOf } from './entity-tags.ts'
import { betterLines, withVary } from './lines.ts'
import { createMaking } from './making.ts'
import type { Originals } from './originals.ts'
import { isLongEnough, isTouchable } from './touchable.ts'
import { createVersions, type Version } from './versions.ts'

export { optionsOf, sourceOfSite } from './address.ts'
export { createOriginals, type Originals } from './originals.ts'

export interface SitePicturesOptions {
  /** The tiers that make pictures. */
  readonly upstream: Tier
  readonly originals: Originals
  /** The longest original that is touched, in bytes. */
  readonly maxBytes: number
  readonly observe?: (event: PictureEvent) => void
}

export interface PictureEvent {
  /** 'late': it was not ready in time. 'kept': there is none in fewer bytes. */
  readonly outcome: 'better' | 'late' | 'kept'
  /** Bytes of the original that were not sent. */
  readonly savedBytes: number
}

/** How a site wants its pictures. */
export interface PictureSettings {
  readonly options: Options
  /** The longest that a client waits for a better picture, in milliseconds. */
  readonly waitMs: number
}

type Asked = Pick<Asking, 'site' | 'address' | 'method' | 'headers'>

export interface SitePictures {
  /** Whether the request's conditions are about a picture that was made here, which nobody else can judge. */
  judges(asked: Pick<Asking, 'headers'>): boolean
  /** Whether `choose` has anything to do with an answer. */
  concerns(asked: Asked, answer: SiteAnswer): boolean
  /** The cache's answer to this request, or to its `unconditional` form, as the client gets it. Never rejects. */
  choose(asked: Asked, answer: SiteAnswer, settings: PictureSettings): Promise<SiteAnswer>
  idle(): Promise<void>
}

export { unconditional }

export function createSitePictures(options: SitePicturesOptions): SitePictures {
  const { upstream, originals, maxBytes, observe = () => {} } = options
  const versions = createVersions({ maxBytes })
  const making = createMaking(upstream, originals)

  const judges = ({ headers }: Pick<Asking, 'headers'>): boolean => namesOurs(headers)

  const isStoredPicture = ({ headers }: Asked, { stored }: SiteAnswer): boolean =>
    stored !== undefined && isTouchable(stored, headers)

  async function choose(asked: Asked, answer: SiteAnswer, settings: PictureSettings): Promise<SiteAnswer> {
    const own = judges(asked)
    if (!isStoredPicture(asked, answer)) return own ? selected(asked, answer) : answer
    const varied = { ...answer, lines: withVary(answer.lines, varyOn(dependsOn(settings.options))) }
    const original = own ? selected(asked, varied) : varied
    if (!mayBeBetter(answer)) return original
    const body = kept(answer.body)
    const better = await inTime(betterOf(asked, answer, settings.options), settings.waitMs)
    if (better === undefined || better === 'late') {
      observe({ outcome: better ?? 'kept', savedBytes: 0 })
      return { ...original, body }
    }
    body.discard?.()
    const chosen = selected(asked, better.answer(varied))
    observe({ outcome: 'better', savedBytes: better.savedBytes })
    return chosen
  }

  function mayBeBetter({ status, body, range }: SiteAnswer): boolean {
    return (
      status === 200 && range === undefined && isLongEnough(body.length) && (body.length ?? 0) <= maxBytes
    )
  }

  interface Better {
    readonly savedBytes: number
    answer(original: SiteAnswer): SiteAnswer
  }

  async function betterOf(
    asked: Asked,
    { stored, body }: SiteAnswer,
    options: Options,
  ): Promise<Better | undefined> {
    const { id = '' } = stored ?? {}
    const known = versions.known(id)
    // Nobody reads a body for the head of another.
    if (known === 'none' || (known === undefined && asked.method === 'HEAD')) return undefined
    const version = known ?? (await versions.look(id, body))
    if (version === 'none') return undefined
    const path = pathOf(
      { site: asked.site, url: urlOf(asked), digest: version.digest },
      options,
      asked.headers,
    )
    const read = (): Promise<Buffer | undefined> => wholeOf(body, maxBytes)
    const picture =
      asked.method === 'HEAD' ? await making.find(path) : await making.make({ path, ...version, read })
    return picture && inPlace(picture, version)
  }

  return {
    judges,
    concerns: (asked, answer) => judges(asked) || isStoredPicture(asked, answer),
    choose,
    idle: making.idle,
  }
}

/** Of the address that the cache knows, the part behind the site's name. */
const urlOf = ({ address }: Asked): string => address.slice(address.indexOf(' ') + 1)

const inPlace = (picture: HeldAnswer, { digest, length }: Version) => ({
  savedBytes: length - picture.body.length,
  answer: (original: SiteAnswer): SiteAnswer => ({
    ...original,
    lines: betterLines(original.lines, picture.headers, tagOf(digest, picture.headers.etag ?? '')),
    body: heldBody(picture.body),
  }),
})

/** What the client's own conditions come to. */
function selected({ headers }: { readonly headers: Headers }, answer: SiteAnswer): SiteAnswer {
  const whole = { ...answer, headers: headersOf(answer.lines) }
  return select(whole, verdictOn(whole, headers))
}

/** A body of unknown length is left by its last reader: the client's must be there before ours may go. */
function kept(body: SiteBody): SiteBody {
  if (body.length !== undefined) return body
  const stream = body.open()
  let isTaken = false
  return {
    ...body,
    open(range) {
      if (range !== undefined || isTaken) return body.open(range)
      isTaken = true
      return stream
    },
    discard: () => void stream.destroy(),
  }
}

/** 'late' where it takes longer; undefined where it fails. It goes on all the same. */
async function inTime<T>(work: Promise<T | undefined>, ms: number): Promise<T | undefined | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late')
  })
  try {
    return await Promise.race([work.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}
