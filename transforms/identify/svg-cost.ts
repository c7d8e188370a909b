// What drawing an SVG costs: every element as often as it is drawn, and every filter, mask and layer it asks for.
import { type Element, tooCostly } from './svg-scan.ts'
import { type Rule, rulesOf } from './svg-style.ts'

/** Sums over everything drawn, repeats through `use`, patterns, masks and markers included. */
interface Cost {
  elements: number
  /** Passes over the whole picture, in units of 5 ms a megapixel; measured with librsvg 2.63. */
  passes: number
  /** Of pictures inside the picture. */
  megapixels: number
  /** Squared lengths of text runs: shaping takes time like that (7,700 characters in one run: one second). */
  text: number
}

const parts = ['elements', 'passes', 'megapixels', 'text'] as const
const most: Cost = { elements: 200_000, passes: 20_000, megapixels: 50, text: 6e7 }

const perElement = 0.04
const perGeometryCharacter = 0.0015
const perSquaredCharacter = 3.6e-6

/** Megapixels of the picture at an address inside the document (`data:`); 0 when there is none. */
export type Embedded = (address: string) => number

/** Throws 'too-costly', or answers how many passes over the whole picture the drawing takes. */
export function passesOf(elements: readonly Element[], embedded: Embedded): number {
  const document = index(elements)
  refuseDashes(elements)
  if (document.rules.length * elements.length > 2e7) throw tooCostly('it has too many style rules')
  const cost = costOf(0, { document, embedded, known: new Map(), drawing: new Set() })
  return Math.max(1, Math.round(cost.passes))
}

interface Document {
  readonly elements: readonly Element[]
  readonly children: ReadonlyMap<number, readonly number[]>
  readonly byId: ReadonlyMap<string, number>
  readonly rules: readonly Rule[]
}

function index(elements: readonly Element[]): Document {
  const children = new Map<number, number[]>()
  const byId = new Map<string, number>()
  elements.forEach((element, i) => {
    const siblings = children.get(element.parent)
    if (siblings) siblings.push(i)
    else children.set(element.parent, [i])
    const id = element.attributes.get('id')
    if (id !== undefined && !byId.has(id)) byId.set(id, i)
  })
  return { elements, children, byId, rules: rulesOf(elements) }
}

interface Walk {
  readonly document: Document
  readonly embedded: Embedded
  readonly known: Map<number, Cost>
  /** Being drawn now: a reference back into it is an endless one, which the renderer stops. */
  readonly drawing: Set<number>
}

function costOf(at: number, walk: Walk): Cost {
  const known = walk.known.get(at)
  if (known) return known
  const element = walk.document.elements[at]
  const cost: Cost = { elements: 1, passes: perElement, megapixels: 0, text: 0 }
  if (!element || walk.drawing.has(at)) return cost
  if (walk.drawing.size > 1_000) throw tooCostly('its references are nested too deep')
  walk.drawing.add(at)
  addOwn(cost, element, walk)
  for (const child of walk.document.children.get(at) ?? []) add(cost, costOf(child, walk), 1)
  for (const { id, times } of referencesOf(element, walk.document.rules)) {
    const target = walk.document.byId.get(id)
    if (target !== undefined) add(cost, costOf(target, walk), times)
  }
  walk.drawing.delete(at)
  walk.known.set(at, cost)
  return cost
}

function add(sum: Cost, part: Cost, times: number): void {
  for (const key of parts) {
    sum[key] += part[key] * times
    if (sum[key] > most[key]) throw tooCostly(`too many ${key} are drawn`)
  }
}

function addOwn(cost: Cost, element: Element, { document, embedded }: Walk): void {
  const geometry =
    (element.attributes.get('d')?.length ?? 0) + (element.attributes.get('points')?.length ?? 0)
  const layers = layerPasses(declarationsOf(element, document.rules))
  const run = element.textLength > 100 && element.name !== 'style' ? element.textLength ** 2 : 0
  const address = element.attributes.get('href') ?? ''
  add(
    cost,
    {
      elements: 0,
      passes: geometry * perGeometryCharacter + run * perSquaredCharacter + layers + filterPasses(element),
      megapixels: address.startsWith('data:') ? embedded(address) : 0,
      text: run,
    },
    1,
  )
}

const number = (element: Element, name: string, absent: number): number => {
  const value = Math.abs(Number.parseFloat(element.attributes.get(name) ?? ''))
  return Number.isNaN(value) ? absent : value
}

/** A filter's steps; those whose time grows with a setting are dear in that setting. Milliseconds a megapixel / 5. */
function filterPasses(element: Element): number {
  if (!/^fe[A-Z]/.test(element.name) || /^fe(Func|MergeNode|.*Light$)/.test(element.name)) return 0
  if (element.name === 'feTurbulence') return 30 + 15 * number(element, 'numOctaves', 1)
  // The window grows with the square of the radius, and the radius with the size asked for.
  if (element.name === 'feMorphology') return 50 + 12 * number(element, 'radius', 0) ** 2
  if (element.name === 'feConvolveMatrix') return 30 + 5 * number(element, 'order', 3) ** 2
  return 12
}

function declarationsOf(element: Element, rules: readonly Rule[]): string {
  let text = element.attributes.get('style') ?? ''
  for (const name of layerAttributes) {
    const value = element.attributes.get(name)
    if (value !== undefined) text += `;${name}:${value}`
  }
  for (const rule of rules) if (rule.matches(element)) text += `;${rule.declarations}`
  return text
}

const layerAttributes = ['opacity', 'filter', 'mask', 'clip-path', 'mix-blend-mode', 'isolation'] as const

/** Layers drawn apart and laid over, the dear ones being masks and blending; and CSS filter functions. */
function layerPasses(declarations: string): number {
  if (!declarations) return 0
  const count = (words: RegExp): number => declarations.match(words)?.length ?? 0
  return (
    count(/(?:^|;)\s*(?:opacity|clip-path|isolation)\s*:/g) * 0.3 +
    count(/(?:^|;)\s*(?:mask|mix-blend-mode|filter)\s*:/g) * 2 +
    count(/\b(?:blur|drop-shadow|brightness|contrast|grayscale|hue-rotate|invert|saturate|sepia)\(/g) * 18
  )
}

const drawsAnother = ['use', 'image', 'feImage', 'pattern', 'filter', 'tref', 'textPath']

/** Every `#id` this element draws, with how often: a marker sits on each point of a path. */
function referencesOf(element: Element, rules: readonly Rule[]): { id: string; times: number }[] {
  const references: { id: string; times: number }[] = []
  const href = element.attributes.get('href') ?? ''
  if (href.startsWith('#') && drawsAnother.includes(element.name))
    references.push({ id: href.slice(1), times: 1 })
  const points = Math.max(
    1,
    (element.attributes.get('d') ?? element.attributes.get('points') ?? '').length >> 2,
  )
  const addFrom = (value: string, times: number) => {
    if (!value.includes('#')) return
    for (const [, id = ''] of value.matchAll(/url\(\s*["']?#([^"')\s]+)/g)) references.push({ id, times })
  }
  for (const [name, value] of element.attributes)
    addFrom(value, name.startsWith('marker') || (name === 'style' && value.includes('marker')) ? points : 1)
  for (const { matches, declarations } of rules)
    if (matches(element)) addFrom(declarations, declarations.includes('marker') ? points : 1)
  return references
}

/**
 * Dashes are drawn one by one, so a line of a kilometre in dashes of a micrometre never ends. The length of all lines is
 * taken as the sum of all their coordinates, the dash as the shortest in the file: coarse, and far above real drawings.
 */
function refuseDashes(elements: readonly Element[]): void {
  let shortest = Number.POSITIVE_INFINITY
  for (const { attributes, text } of elements) {
    for (const source of [attributes.get('stroke-dasharray'), attributes.get('style'), text]) {
      const dashes = dashesIn(source, source === attributes.get('stroke-dasharray'))
      if (dashes > 0) shortest = Math.min(shortest, dashes)
    }
  }
  if (shortest < Number.POSITIVE_INFINITY && lengthOf(elements) / shortest > 5e6)
    throw tooCostly('its dashes are too fine')
}

const lengths = ['d', 'points', 'x1', 'x2', 'y1', 'y2', 'r', 'rx', 'ry', 'width', 'height']

function lengthOf(elements: readonly Element[]): number {
  let sum = 0
  for (const { attributes } of elements) for (const name of lengths) sum += sumOfNumbers(attributes.get(name))
  return sum
}

function dashesIn(source: string | undefined, bare: boolean): number {
  if (!source) return 0
  const list = bare ? source : /stroke-dasharray\s*:\s*([^;}"]+)/.exec(source)?.[1]
  return sumOfNumbers(list)
}

function sumOfNumbers(list: string | undefined): number {
  if (!list) return 0
  let sum = 0
  for (const [value] of list.matchAll(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/gi)) sum += Number(value)
  return sum
}
