// An SVG document as a flat list of elements: just enough XML to price it before a renderer sees it.
import { Failure } from '../../errors.ts'

export interface Element {
  /** Local name: `use` for both `<use>` and `<svg:use>`. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Index of the enclosing element; -1 for the root. */
  readonly parent: number
  /** Characters directly inside; the text itself only for `<style>`. */
  textLength: number
  text: string
}

const most = {
  /** Of text, entities written out. */
  characters: 3_000_000,
  elements: 50_000,
  /** libxml2 gives up here by itself; so do we, without starting it. */
  depth: 256,
  entities: 100,
  entityCharacters: 10_000,
} as const

export const tooCostly = (why: string): Failure =>
  new Failure('too-costly', `The SVG would cost too much to draw: ${why}.`)

/** All elements in document order. Malformed documents are read as far as they go: the renderer refuses them. */
export function elementsOf(document: string): Element[] {
  const svg = withEntities(document)
  const elements: Element[] = []
  const open: number[] = []
  let at = svg.indexOf('<')
  while (at >= 0) {
    at = readMarkup(svg, at, { elements, open })
    const next = svg.indexOf('<', at)
    addText(svg, { elements, open }, at, next < 0 ? svg.length : next)
    at = next
  }
  return elements
}

interface State {
  readonly elements: Element[]
  readonly open: number[]
}

/** Reads one piece of markup at `at` and answers where it ends. */
function readMarkup(svg: string, at: number, state: State): number {
  if (svg.startsWith('<!--', at)) return after(svg, '-->', at + 4)
  if (svg.startsWith('<?', at)) return after(svg, '?>', at)
  if (svg.startsWith('<![CDATA[', at)) {
    const end = after(svg, ']]>', at)
    addText(svg, state, at + 9, end - 3)
    return end
  }
  const end = tagEnd(svg, at + 1)
  if (svg[at + 1] === '/') state.open.pop()
  else if (svg[at + 1] !== '!') openElement(svg.slice(at + 1, end - 1), state)
  return end
}

function openElement(tag: string, { elements, open }: State): void {
  const name = /^[^\s/>]*/.exec(tag)?.[0] ?? ''
  if (elements.length >= most.elements) throw tooCostly(`it has more than ${most.elements} elements`)
  elements.push({
    name: localName(name),
    attributes: attributesOf(tag.slice(name.length)),
    parent: open.at(-1) ?? -1,
    textLength: 0,
    text: '',
  })
  if (tag.endsWith('/')) return
  open.push(elements.length - 1)
  if (open.length > most.depth) throw tooCostly(`it is nested deeper than ${most.depth} elements`)
}

function addText(svg: string, { elements, open }: State, start: number, end: number): void {
  const inside = elements[open.at(-1) ?? -1]
  if (!inside || end <= start) return
  inside.textLength += end - start
  if (inside.name === 'style') inside.text += svg.slice(start, end)
}

function after(svg: string, mark: string, from: number): number {
  const at = svg.indexOf(mark, from)
  return at < 0 ? svg.length : at + mark.length
}

const quoteOrEnd = /["'>]/g

/** Past the `>` that closes a tag: one inside quotes does not. */
export function tagEnd(svg: string, from: number): number {
  for (let at = from; ; ) {
    quoteOrEnd.lastIndex = at
    const found = quoteOrEnd.exec(svg)
    if (!found) return svg.length
    if (found[0] === '>') return found.index + 1
    const closing = svg.indexOf(found[0], found.index + 1)
    if (closing < 0) return svg.length
    at = closing + 1
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

function attributesOf(tag: string): Map<string, string> {
  const found = new Map<string, string>()
  // A name begins where it begins: tried again from each of its characters, a long one would take for ever.
  for (const [, name = '', double, single] of tag.matchAll(
    /(?<![^\s=/"'])([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
  ))
    found.set(localName(name), plain(double ?? single ?? ''))
  return found
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Character references would otherwise hide a `url(#...)` from us. */
function plain(value: string): string {
  if (!value.includes('&')) return value
  return value.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi,
    (_, hex, decimal, name) =>
      name ? (named[name] ?? '') : String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )
}

/**
 * The document with its own entities written out, as editors use them for namespaces and repeated shapes. Entities that
 * point outside or hold further entities (the "billion laughs") are refused.
 */
function withEntities(document: string): string {
  if (document.length > most.characters) throw tooCostly('it is too long')
  const start = document.search(/<!DOCTYPE/i)
  if (start < 0) return document
  const subset = /^<!DOCTYPE[^[>]*\[([\s\S]*?)\]\s*>/i.exec(document.slice(start, start + 100_000))
  if (!subset) return document
  const body = document.slice(start + subset[0].length)
  return writeOut(body, entitiesOf(subset[1] ?? ''))
}

function entitiesOf(subset: string): Map<string, string> {
  const declared = subset.match(/<!(ENTITY|ATTLIST|ELEMENT|NOTATION)/g)?.length ?? 0
  const entities = new Map<string, string>()
  for (const [, name = '', double, single] of subset.matchAll(
    /<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g,
  ))
    entities.set(name, double ?? single ?? '')
  const size = [...entities.values()].reduce((sum, value) => sum + value.length, 0)
  const nests = [...entities.values()].some((value) => /&(?!#?\w+;)|&[a-z]|%/i.test(value))
  // Anything we did not understand as a plain inner entity is not let through: external ones, parameter entities.
  if (declared !== entities.size || nests || /%/.test(subset))
    throw new Failure(
      'source-unsupported',
      'The SVG declares entities that are nested or come from elsewhere.',
    )
  if (entities.size > most.entities || size > most.entityCharacters)
    throw tooCostly('it declares too many entities')
  return entities
}

function writeOut(body: string, entities: ReadonlyMap<string, string>): string {
  let size = body.length
  return body.replace(/&([\w.:-]+);/g, (reference, name) => {
    const value = entities.get(name)
    if (value === undefined) return reference
    size += value.length
    if (size > most.characters) throw tooCostly('its entities grow too long')
    return value
  })
}
