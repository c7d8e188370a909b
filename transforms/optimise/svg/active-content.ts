// The active content that an SVG may not hold when it leaves us: scripts, event handlers, and references to elsewhere.
import { elementsOf } from '../../identify/svg-scan.ts'

/** Elements that run code, embed a page, or fetch something. */
const activeElements = [
  'script',
  'handler',
  'listener',
  'foreignObject',
  'include',
  'iframe',
  'object',
  'embed',
  'audio',
  'video',
]
/** Animations, which can also set an address or an event handler. */
const animationElements = ['set', 'animate', 'animateTransform', 'animateMotion']

export interface Attribute {
  /** The name without its namespace prefix. */
  readonly name: string
  readonly value: string
}

export function isActive(name: string, attribute: (name: string) => string | undefined): boolean {
  const local = localName(name)
  if (activeElements.some((active) => active.toLowerCase() === local.toLowerCase())) return true
  return animationElements.includes(local) && /href|^on/i.test(attribute('attributeName') ?? '')
}

/** Whether the attribute must be removed from an element of that name. */
export function isUnsafe({ name, value }: Attribute, element: string): boolean {
  if (/^on/i.test(name)) return true
  if (['href', 'src', 'action', 'formaction', 'data', 'base'].includes(name.toLowerCase()))
    return !isInside(value.trim(), localName(element))
  return cssFetches(value)
}

function isInside(address: string, element: string): boolean {
  if (address === '' || address.startsWith('#')) return true
  if (element === 'a') return /^(https?:|mailto:)/i.test(address)
  return /^(image|feImage)$/.test(element) && /^data:image\//i.test(address)
}

/**
 * Whether CSS fetches something: `@import`, or a `url()` other than a fragment or a data picture. Escapes are decoded
 * first.
 */
export function cssFetches(css: string): boolean {
  const plain = css
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, '')
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16) & 0xffff))
    .replace(/\\/g, '')
  return (
    /@import|javascript:|image-set\s*\(|src\s*\(/i.test(plain) ||
    /url\((?!\s*(?:['"]\s*)?(?:#|data:image\/|data:font\/))/i.test(plain)
  )
}

/** The style sheet without what it would fetch; empty where that cannot be cut out safely. */
export function silenceCss(css: string): string {
  if (!cssFetches(css)) return css
  const cut = css
    .replace(/@import[^;]*;?/gi, '')
    .replace(/url\((?!\s*(?:['"]\s*)?(?:#|data:image\/|data:font\/))[^)]*\)?/gi, 'none')
  return cssFetches(cut) ? '' : cut
}

/** Whether the document holds active content. Its entities must have been replaced. */
export function holdsActive(document: string): boolean {
  if (/<\?xml-stylesheet/i.test(document)) return true
  return elementsOf(document).some(({ name, attributes, text }) => {
    if (isActive(name, (key) => attributes.get(key)) || cssFetches(text)) return true
    return [...attributes].some(([key, value]) => isUnsafe({ name: key, value }, name))
  })
}

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
