// Pictures of sites: under the same address, in fewer bytes. What is not ready when the deadline comes goes out as the
// origin sent it, and is ready the next time.
import { varyOn } from '../../edge/headers.ts'
import { type Headers, type HeldAnswer, requireHeld, type Tier } from '../../tier.ts'
import { dependsOn, type Options } from '../../transforms/index.ts'
import { heldBody } from '../cache/body.ts'
import { headersOf } from '../cache/entry.ts'
import { type Asking, type SiteAnswer, type SiteBody, unconditional, wholeOf } from '../cache/index.ts'
import { select, verdictOn } from '../cache/respond.ts'
import type { Turn } from '../turns.ts'
import { pathOf } from './address.ts'
import { namesOurs, tagOf } from './entity-tags.ts'
import { betterLines, withVary } from './lines.ts'
import { createMaking } from './making.ts'
import type { PictureOrder } from './orders.ts'
import type { Originals } from './originals.ts'
import { isLongEnough, isTouchable } from './touchable.ts'
import { createVersions, type Version } from './versions.ts'

export { optionsOf, sourceOfSite } from './address.ts'
export { orderIn, type PictureOrder } from './orders.ts'
export { createOriginals, type Originals } from './originals.ts'

export interface SitePicturesOptions {
  /** The tiers that make pictures. */
  readonly upstream: Tier
  readonly originals: Originals
  /** The longest original that is touched, in bytes. */
  readonly maxBytes: number
  readonly turn: Turn
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
  /** Whether the keys of the native language in a picture's query are read. */
  readonly hasKeys: boolean
}

/** What the client of one request is to have. */
export interface Choice {
  readonly options: Options
  readonly waitMs: number
  /** Where the address itself says which picture is wanted. */
  readonly order?: PictureOrder | undefined
}

type Asked = Pick<Asking, 'site' | 'address' | 'method' | 'headers'>

export interface SitePictures {
  /** Whether the request's conditions are about a picture that was made here, which nobody else can judge. */
  judges(asked: Pick<Asking, 'headers'>): boolean
  /** Whether `choose` has anything to do with an answer. */
  concerns(asked: Asked, answer: SiteAnswer, choice: Choice): boolean
  /** The cache's answer to this request, or to its `unconditional` form, as the client gets it. Never rejects. */
  choose(asked: Asked, answer: SiteAnswer, choice: Choice): Promise<SiteAnswer>
  idle(): Promise<void>
}

export { unconditional }

export function createSitePictures(options: SitePicturesOptions): SitePictures {
  const { upstream, originals, maxBytes, turn, observe = () => {} } = options
  const versions = createVersions({ maxBytes, turn })
  const making = createMaking(upstream, originals)

  const judges = ({ headers }: Pick<Asking, 'headers'>): boolean => namesOurs(headers)

  const isStoredPicture = ({ headers }: Asked, { stored }: SiteAnswer): boolean =>
    stored !== undefined && isTouchable(stored, headers)

  async function choose(asked: Asked, answer: SiteAnswer, choice: Choice): Promise<SiteAnswer> {
    const own = isAskedWhole(asked, choice)
    if (!isStoredPicture(asked, answer)) return own ? selected(asked, answer) : answer
    const varied = { ...answer, lines: withVary(answer.lines, varyOn(dependsOn(choice.options))) }
    const original = own ? selected(asked, varied) : varied
    if (!mayBeBetter(answer, choice)) return original
    const body = kept(answer.body)
    const better = await inTime(betterOf(asked, answer, choice), choice.waitMs)
    if (better === undefined || better === 'late') {
      observe({ outcome: better ?? 'kept', savedBytes: 0 })
      return { ...original, body }
    }
    body.discard?.()
    const chosen = selected(asked, better.answer(varied))
    observe({ outcome: 'better', savedBytes: better.savedBytes })
    return chosen
  }

  const isAskedWhole = (asked: Asked, { order }: Choice): boolean => order !== undefined || judges(asked)

  function mayBeBetter({ status, body, range }: SiteAnswer, { order }: Choice): boolean {
    const isWorthIt = order !== undefined || isLongEnough(body.length)
    return status === 200 && range === undefined && isWorthIt && (body.length ?? 0) <= maxBytes
  }

  interface Better {
    readonly savedBytes: number
    answer(original: SiteAnswer): SiteAnswer
  }

  async function betterOf(
    asked: Asked,
    { stored, body }: SiteAnswer,
    { options, order }: Choice,
  ): Promise<Better | undefined> {
    const { id = '' } = stored ?? {}
    const known = versions.known(id)
    const isHead = asked.method === 'HEAD'
    // Nobody reads a body for the head of another.
    if (known === 'none' || (known === undefined && isHead)) return undefined
    const version = known ?? (await versions.look(id, body))
    if (version === 'none') return undefined
    const original = { site: asked.site, url: urlOf(asked), digest: version.digest }
    const path = pathOf(original, options, asked.headers)
    const read = (): Promise<Buffer | undefined> => wholeOf(body, maxBytes)
    const wanted = { path, ...version, read, isOrdered: order !== undefined }
    const picture = await (isHead ? making.find(path) : making.make(wanted))
    return picture && inPlace(shaped(picture, order), version)
  }

  return {
    judges,
    concerns: (asked, answer, choice) => isAskedWhole(asked, choice) || isStoredPicture(asked, answer),
    choose,
    idle: making.idle,
  }
}

function shaped(picture: HeldAnswer, order: PictureOrder | undefined): HeldAnswer {
  return order?.reshape ? requireHeld(order.reshape(picture)) : picture
}

/** Of the address that the cache knows, the part behind the site's name. */
const urlOf = ({ address }: Asked): string => address.slice(address.indexOf(' ') + 1)

const inPlace = (picture: HeldAnswer, { digest, length }: Version) => ({
  savedBytes: Math.max(0, length - picture.body.length),
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
