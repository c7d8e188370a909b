// Style sheets inside an SVG, reduced to what can cost: which elements a rule may meet, and what it says.
import { Failure } from '../../errors.ts'
import type { Element } from './svg-scan.ts'

export interface Rule {
  readonly declarations: string
  /** True for every element the rule meets, and for some it does not: only the last part of a selector is looked at. */
  readonly matches: (element: Element) => boolean
}

/** Rules that ask for a layer, a filter or another drawing; colours and fonts cost nothing. */
const costly = /url\(|opacity|filter|mask|mix-blend-mode|isolation|marker/

export function rulesOf(elements: readonly Element[]): Rule[] {
  const rules: Rule[] = []
  for (const { name, text } of elements) {
    if (name !== 'style') continue
    const css = unescaped(text)
    // An import from the document itself would bring rules we have not read; others are never fetched.
    if (css.split(';').some((rule) => /data:/i.test(/@import[\s\S]*/i.exec(rule)?.[0] ?? '')))
      throw new Failure('source-unsupported', 'The SVG hides a style sheet inside an address.')
    for (const [, selectors = '', declarations = ''] of css.matchAll(/(?<![^{};])([^{};]+)\{([^{}]*)\}/g))
      if (costly.test(declarations)) rules.push({ declarations, matches: matcher(selectors) })
  }
  return rules
}

/** CSS comments and escapes could hide a word from us (CSS Syntax 4.3.7). */
function unescaped(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ')
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16) & 0xffff))
}

function matcher(selectors: string): Rule['matches'] {
  const tests = selectors.split(',').map((selector) => {
    const last = /(?:[.#]|(?<![\w-]))[\w-]+$/.exec(selector.trimEnd())?.[0]
    if (!last) return () => true
    if (last.startsWith('.')) return hasClass(last.slice(1))
    if (last.startsWith('#')) return (element: Element) => element.attributes.get('id') === last.slice(1)
    return (element: Element) => element.name === last
  })
  return (element) => tests.some((test) => test(element))
}

const hasClass = (name: string) => (element: Element) =>
  element.attributes.get('class')?.split(/\s+/).includes(name) ?? false
