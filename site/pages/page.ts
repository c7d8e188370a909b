// One page while it passes: what is added to its tags, and which of its first pictures is the largest. Pure but for its
// own memory.
import { meantBy, type PageAddress, urlOf } from './addresses.ts'
import { attributesFor, type PageSettings, type SeenPicture } from './attributes.ts'
import { mayShow } from './csp.ts'
import { preloadLink } from './preload.ts'
import type { Added, Element } from './rewriter.ts'

export interface PageOptions {
  readonly page: PageAddress
  readonly settings: PageSettings
  /** What Content-Type says of its encoding. */
  readonly encoding: string | undefined
  /** Values of its Content-Security-Policy. */
  readonly policies: readonly string[]
  readonly find: (picture: PageAddress) => SeenPicture | undefined
}

export interface Page {
  /** What an element's tag gets. */
  add(element: Element): Added
  /** The pictures that it names, and what was known of them. */
  readonly named: ReadonlyMap<string, { readonly at: PageAddress; readonly picture: SeenPicture | undefined }>
  /** The largest picture among the first ones, as the value of a Link header. */
  largest(): string | undefined
}

export const readElements: ReadonlySet<string> = new Set(['img', 'base', 'meta'])

/** Nothing in there is shown as it is written. */
const isHidden = ({ around }: Element): boolean =>
  around.some((name) => name === 'template' || name === 'svg')

/** More pictures of one page than that are left alone. */
const mostPictures = 2000

export function createPage({ page, settings, encoding, policies, find }: PageOptions): Page {
  const named = new Map<string, { readonly at: PageAddress; readonly picture: SeenPicture | undefined }>()
  const ownPolicies = [...policies]
  let base = urlOf(page)
  let hasBase = false
  let isUtf8 = encoding === 'utf-8'
  let index = 0
  let largest = { area: 0, link: '' }

  function readBase(href: string | undefined): void {
    if (hasBase || href === undefined || !URL.canParse(href, base)) return
    hasBase = true
    base = new URL(href, base).href
  }

  function readMeta(attributes: ReadonlyMap<string, string>): void {
    const kind = attributes.get('http-equiv')?.toLowerCase()
    const content = attributes.get('content') ?? ''
    if (kind === 'content-security-policy') ownPolicies.push(content)
    const charset = attributes.get('charset') ?? (kind === 'content-type' ? content : '')
    if (encoding === undefined && /(?:^|charset\s*=\s*)"?utf-?8"?\s*$/i.test(charset)) isUtf8 = true
  }

  /** Without other addresses where the page's own policy would not let it have them. */
  function allowed(picture: SeenPicture | undefined): SeenPicture | undefined {
    const isAllowed = picture?.smaller.every(({ address }) =>
      mayShow(ownPolicies, { ...page, target: address }),
    )
    return picture && !isAllowed ? { ...picture, smaller: [] } : picture
  }

  function known(target: string): SeenPicture | undefined {
    const before = named.get(target)
    if (before) return before.picture
    if (named.size >= mostPictures) return undefined
    const at = { ...page, target }
    const picture = find(at)
    named.set(target, { at, picture })
    return picture
  }

  function readPicture(element: Element): Added {
    const place = index++
    if (element.around.includes('picture')) return []
    const src = element.attributes.get('src') ?? ''
    const meant = meantBy(src, { base, page, isUtf8 })
    const picture = meant && allowed(known(meant.target))
    const address = meant ? meant.before + meant.target : ''
    const shown = picture && {
      ...picture,
      smaller: picture.smaller.map((each) => ({ ...each, address: (meant?.before ?? '') + each.address })),
    }
    const added = attributesFor({ element, index: place, picture: shown, address }, settings)
    const area = picture ? picture.width * picture.height : 0
    // In a header its own choices would be relative to another address.
    const isMovable = !(hasBase && element.attributes.has('srcset'))
    if (place < settings.eager && area > largest.area && isMovable) {
      const link = preloadLink(address, new Map([...added, ...element.attributes]))
      if (link !== undefined) largest = { area, link }
    }
    return added
  }

  return {
    named,
    largest: () => largest.link || undefined,
    add(element) {
      if (isHidden(element)) return []
      if (element.name === 'img') return readPicture(element)
      if (element.name === 'base') readBase(element.attributes.get('href'))
      else readMeta(element.attributes)
      return []
    },
  }
}
