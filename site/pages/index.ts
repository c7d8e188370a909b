// Pages of sites: attributes for their pictures are added while they pass, and a browser is told early of the largest one.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { heldBody } from '../cache/body.ts'
import { headersOf } from '../cache/entry.ts'
import type { Asking, SiteAnswer, SiteBody, SiteCache } from '../cache/index.ts'
import { fieldIn, type Lines, valuesIn } from '../message-headers.ts'
import { directiveNames } from '../pictures/touchable.ts'
import type { Turn } from '../turns.ts'
import type { PageAddress } from './addresses.ts'
import type { PageSettings, SeenPicture } from './attributes.ts'
import { type PageTags, pageTags } from './entity-tags.ts'
import { confirmedLines, pageLines, pageTrailers } from './lines.ts'
import { createPage, type Page, readElements } from './page.ts'
import { createSeenPictures } from './pictures.ts'
import { createRewriter } from './rewriter.ts'
import type { Making } from './seen.ts'
import { passing } from './streams.ts'
import { type Touchable, touchable } from './touchable.ts'
import { type Changes, changesFor, withHeaders, withoutRange } from './wish.ts'

export type { PageSettings } from './attributes.ts'

export interface SitePagesOptions {
  readonly cache: Pick<SiteCache, 'seen' | 'seenNow'>
  /** What pages that were added to may take. */
  readonly memoryBytes: number
  readonly turn: Turn
  readonly now?: () => number
}

/** What is done to the pages of one site. */
export interface PagesOf {
  readonly settings: PageSettings
  /** How its pictures are made; undefined where they go out as they are. */
  readonly making: Making | undefined
  readonly tags: PageTags
}

type Asked = Pick<Asking, 'site' | 'address' | 'method' | 'headers'>

export interface SitePages {
  /** What is other in a request that may be for a page. */
  changes(asked: Asked, pages: PagesOf): Changes
  /** The value of a Link header for the largest picture of the page, where it is known. */
  hint(asked: Asked, pages: PagesOf): string | undefined
  /** The cache's answer as the client gets it. `askWhole` asks once more, for all of it. */
  choose(asked: Asked, answer: SiteAnswer, how: Choosing): Promise<SiteAnswer>
  idle(): Promise<void>
}

export interface Choosing {
  readonly pages: PagesOf
  readonly askWhole: (changes: Changes) => Promise<SiteAnswer>
}

export { type Changes, withHeaders }

export function pagesOf(settings: PageSettings, making: Making | undefined): PagesOf {
  const mark = createHash('sha256')
    .update(JSON.stringify([settings, making]))
    .digest('hex')
    .slice(0, 6)
  return { settings, making, tags: pageTags(mark) }
}

interface Known {
  readonly link: string | undefined
}

/** A page as it was sent, and what was known when it was made. */
interface Made {
  readonly bytes: Buffer
  readonly named: Page['named']
  readonly policies: readonly string[]
}

/** Some hundred bytes each. */
const mostPages = 10_000
/** Longer ones are made each time. */
const mostBytes = 1024 * 1024
/** What a picture's address, and what is known of it, take beside a page. */
const namedBytes = 500

export function createSitePages({ cache, memoryBytes, turn, now = Date.now }: SitePagesOptions): SitePages {
  const pictures = createSeenPictures({ cache, now })
  const known = new LRUCache<string, Known>({ max: mostPages })
  const made = new LRUCache<string, Made>({
    maxSize: memoryBytes,
    sizeCalculation: ({ bytes, named }) => bytes.length + namedBytes * (1 + named.size),
  })

  const finder =
    ({ site }: Asked, { settings, making }: PagesOf) =>
    (at: PageAddress): SeenPicture | undefined =>
      pictures.find({ site, at, making, widths: settings.srcset })

  /** As it was made before, where all that is known of its pictures is what was known then. */
  function madeBefore(asked: Asked, { stored, lines }: SiteAnswer, pages: PagesOf): Buffer | undefined {
    const before = stored && made.get(stored.id)
    if (before === undefined || before.policies.join() !== policiesIn(lines).join()) return undefined
    const find = finder(asked, pages)
    // Each of them is looked for: what is not known yet is learned by that.
    const isSame = [...before.named.values()].map(({ at, picture }) => find(at) === picture)
    return isSame.every(Boolean) ? before.bytes : undefined
  }

  function rewritten(asked: Asked, answer: SiteAnswer, { pages, ...how }: Rewriting): SiteBody {
    const { body, stored } = answer
    const policies = policiesIn(answer.lines)
    const find = finder(asked, pages)
    const page = createPage({
      ...{ page: how.at, settings: pages.settings, encoding: how.encoding, policies, find },
    })
    return {
      length: undefined,
      open: () =>
        passing({
          ...{ source: body.open(), coding: how.coding, turn, mostBytes },
          rewriter: createRewriter({ names: readElements, add: page.add }),
          whole(bytes) {
            if (stored) made.set(stored.id, { bytes, named: page.named, policies })
            if (isForAll(asked, answer)) known.set(asked.address, { link: page.largest() })
          },
        }),
      discard: () => body.discard?.(),
    }
  }

  async function choose(asked: Asked, given: SiteAnswer, { pages, askWhole }: Choosing): Promise<SiteAnswer> {
    const answer = isPart(asked, given) ? await wholeOf(asked, given, askWhole) : given
    const { status, lines, trailers } = answer
    const { tags, settings } = pages
    const isOurs = tags.theirs(asked.headers['if-none-match']) !== undefined
    if (status === 304 && isOurs) return { ...answer, lines: confirmedLines(lines, tags) }
    const how = status === 200 && !answer.isBodiless ? touchable(headersOf(lines), asked.headers) : undefined
    const at = addressOf(asked)
    if (how === undefined || at === undefined) return answer
    if (!known.has(asked.address)) known.set(asked.address, { link: undefined })
    const before = asked.method === 'HEAD' ? undefined : madeBefore(asked, answer, pages)
    const link = settings.link && isForAll(asked, answer) ? known.get(asked.address)?.link : undefined
    const told = { ...answer, lines: pageLines(lines, { tags, link, length: before?.length }) }
    if (asked.method === 'HEAD') return told
    if (before) answer.body.discard?.()
    return {
      ...told,
      body: before ? heldBody(before) : rewritten(asked, answer, { ...how, pages, at }),
      ...(trailers && { trailers: () => pageTrailers(trailers()) }),
    }
  }

  return {
    changes: ({ address, headers }, { tags }) => changesFor(headers, { tags, isPage: known.has(address) }),
    hint: ({ address, method }, { settings }) =>
      settings.preload && method === 'GET' ? known.get(address)?.link : undefined,
    choose,
    idle: pictures.idle,
  }
}

interface Rewriting extends Touchable {
  readonly pages: PagesOf
  readonly at: PageAddress
}

/** Of a page that is added to there are no parts: the origin's bytes are others. */
const isPart = ({ headers }: Asked, { status, lines }: SiteAnswer): boolean =>
  (status === 206 || status === 416) && touchable(headersOf(lines), headers) !== undefined

function wholeOf(
  { headers }: Asked,
  { body }: SiteAnswer,
  askWhole: Choosing['askWhole'],
): Promise<SiteAnswer> {
  body.discard?.()
  return askWhole(withoutRange(headers))
}

/** What is for one visitor alone is told to nobody else. */
function isForAll({ headers: { cookie, authorization } }: Asked, { stored, lines }: SiteAnswer): boolean {
  if (stored) return true
  const said = directiveNames(fieldIn(lines, 'cache-control'))
  const isOnes =
    cookie !== undefined || authorization !== undefined || valuesIn(lines, 'set-cookie').length > 0
  return !isOnes && !said.has('private') && !said.has('no-store')
}

const policiesIn = (lines: Lines): readonly string[] => [
  ...valuesIn(lines, 'content-security-policy'),
  ...valuesIn(lines, 'content-security-policy-report-only'),
]

function addressOf({ site, address }: Asked): PageAddress | undefined {
  const [, scheme, host, target] = /^(https?):\/\/([^/]+)(\/.*)$/s.exec(address.slice(site.length + 1)) ?? []
  if (scheme === undefined || host === undefined || target === undefined) return undefined
  return { scheme: scheme === 'https' ? 'https' : 'http', host, target }
}
