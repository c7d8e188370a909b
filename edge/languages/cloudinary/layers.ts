// Layers (l_): a picture or a text that is laid over the result, from its own component to the one with fl_layer_apply.
import type { Places } from '../shared/places.ts'
import { decoded, fromBase64, given, number, shown, whole } from '../shared/values.ts'
import { type Pairs, refusal } from '../shared/words.ts'
import type { Parameter } from './variables.ts'
import { colour, gravityWord } from './words.ts'

/** In the order written: a component without a layer, or a layer in native options. */
export type Item = { readonly component: readonly Parameter[] } | { readonly layer: Pairs }

/** Throws 'bad-option' for a layer that a mark or a text does not come to. */
export function readLayers(components: readonly (readonly Parameter[])[], places: Places): readonly Item[] {
  const items: Item[] = []
  let open: Parameter[] | undefined
  for (const component of components) {
    const isStart = component.some(([key]) => key === 'l')
    const isEnd = component.some(([key, value]) => key === 'fl' && value.split('.').includes('layer_apply'))
    if (!isStart && !open) {
      items.push({ component })
      continue
    }
    if (isStart && open) throw refusal('l', 'A layer upon a layer is not supported')
    open = [...(open ?? []), ...component]
    // In the older form everything stands in one component.
    const isWhole = isStart && component.some(([key]) => key !== 'l' && key !== 'co')
    if (isEnd || (isWhole && !expectsEnd(components, component))) {
      items.push({ layer: layer(open, places) })
      open = undefined
    }
  }
  return open ? [...items, { layer: layer(open, places) }] : items
}

/** Whether a later component ends this layer, before another one begins. */
function expectsEnd(components: readonly (readonly Parameter[])[], start: readonly Parameter[]): boolean {
  const later = components.slice(components.indexOf(start) + 1)
  const next = later.findIndex((each) => each.some(([key]) => key === 'l'))
  const own = next < 0 ? later : later.slice(0, next)
  return own.some((each) =>
    each.some(([key, value]) => key === 'fl' && value.split('.').includes('layer_apply')),
  )
}

function layer(parameters: readonly Parameter[], places: Places): Pairs {
  const flags = parameters.filter(([key]) => key === 'fl').map(([, value]) => value)
  const said = new Map([...parameters, ['fl', flags.join('.')]])
  const what = said.get('l') ?? ''
  const isText = what.startsWith('text:')
  for (const [key, value] of parameters) allow(key, value, isText)
  const place = placed(said, isText ? 'txt' : 'mark')
  return isText ? { ...text(what, said), ...place } : { mark: picture(what, places), ...size(said), ...place }
}

const allowed = {
  mark: ['l', 'w', 'h', 'c', 'g', 'x', 'y', 'o', 'fl'],
  txt: ['l', 'co', 'b', 'g', 'x', 'y', 'fl', 'w', 'c'],
}

function allow(key: string, value: string, isText: boolean): void {
  const flags = value.split('.').filter((flag) => !['layer_apply', 'no_overflow', 'relative'].includes(flag))
  const isFlag = key === 'fl' && flags.length > 0
  if (
    !allowed[isText ? 'txt' : 'mark'].includes(key) ||
    isFlag ||
    (key === 'c' && !/^(?:scale|fit|limit)$/.test(value))
  )
    throw refusal(isFlag ? `fl_${flags[0]}` : key, `${key}_${value.slice(0, 40)} of a layer is not supported`)
}

/** A public id with colons for its folders, or the address of a fetched picture. */
function picture(what: string, places: Places): string {
  const [, base64] = /^fetch:(.+)$/.exec(what) ?? []
  if (/^(?:text|subtitles|video|lut|authenticated|private):/.test(what))
    throw refusal('l', `l_${what.split(':')[0]} is not supported`)
  const address = given(base64, fromBase64)
  if (base64 !== undefined && address === undefined) throw refusal('l', 'l_fetch is not URL-safe Base64')
  const { source, path } =
    address === undefined ? places.ofPath(what.replaceAll(':', '/')) : places.ofUrl(address)
  return /^https?:\/\//.test(path) ? path : `${source}:${path}`
}

function size(said: ReadonlyMap<string, string>): Pairs {
  const sides = (['w', 'h'] as const).flatMap((key) => {
    const value = said.get(key)
    const read = value === undefined ? undefined : side(key, value, said)
    return read === undefined ? [] : [[`mark-${key}`, read] as const]
  })
  const opacity = number(said.get('o') ?? '100', 0, 100)
  if (opacity === undefined) throw refusal('o', 'Expected percent for o')
  const isDistorted = sides.length === 2 && (said.get('c') ?? 'scale') === 'scale'
  return {
    ...Object.fromEntries(sides),
    ...(isDistorted ? { 'mark-fit': 'scale' } : {}),
    ...(opacity < 100 ? { 'mark-alpha': shown(opacity) } : {}),
  }
}

/** Shares are of the picture below with fl_relative; otherwise of the layer itself, whose size is not known. */
function side(key: string, value: string, said: ReadonlyMap<string, string>): string {
  const px = whole(value, 1, 8192)
  if (px !== undefined) return shown(px)
  const share = number(value, 0.0001, 0.9999)
  if (share === undefined || !said.get('fl')?.includes('relative'))
    throw refusal(key, `${key}_${value.slice(0, 40)} of a layer needs fl_relative`)
  return shown(share)
}

/** Offsets are from the side that the gravity names. */
function placed(said: ReadonlyMap<string, string>, prefix: 'mark' | 'txt'): Pairs {
  const gravity = said.get('g') ?? 'center'
  const words = gravityWord(gravity)
  if (words === undefined || /attention/.test(words))
    throw refusal('g', `g_${gravity.slice(0, 40)} of a layer is not supported`)
  const [x, y] = ['x', 'y'].map((key) => whole(said.get(key) ?? '0', 0, 8192))
  if (x === undefined || y === undefined) throw refusal('x', 'Expected pixels for the offset of a layer')
  if (words === 'top,left') return { [`${prefix}-x`]: shown(x), [`${prefix}-y`]: shown(y) }
  const [down, across] = [/top|bottom/.exec(words)?.[0], /left|right/.exec(words)?.[0]]
  // One distance from the edges; from the middle there is none.
  const distances = [...(down === undefined ? [] : [y]), ...(across === undefined ? [] : [x])]
  const isApart = new Set(distances).size > 1
  const isMoved = (down === undefined && y > 0) || (across === undefined && x > 0)
  if (isMoved || (isApart && words === 'bottom,right'))
    throw refusal('x', `Different offsets from ${gravity} are not supported`)
  const free = isApart && across === 'left' ? y : isApart && down === 'top' ? x : (distances[0] ?? 0)
  return {
    [`${prefix}-align`]: `${down ?? 'middle'},${across ?? 'center'}`,
    [`${prefix}-pad`]: shown(free),
    // From the left and from the top there is a distance of its own.
    ...(isApart && across === 'left' ? { [`${prefix}-x`]: shown(x) } : {}),
    ...(isApart && down === 'top' ? { [`${prefix}-y`]: shown(y) } : {}),
  }
}

/** text:Font_40_bold_italic:Words; other parts of the style are refused by name. */
function text(what: string, said: ReadonlyMap<string, string>): Pairs {
  const [, style = '', written = ''] = /^text:([^:]*):(.*)$/s.exec(what) ?? []
  const [font = '', points = '', ...words] = style.split('_')
  const letters = whole(points.replace(/px$/, ''), 1, 2000)
  const unknown = words.find((word) => !/^(?:normal|bold|italic|left|center|right|400|700)$/.test(word))
  if (letters === undefined || written === '') throw refusal('l', 'Expected l_text:font_size:words')
  if (unknown !== undefined)
    throw refusal('l', `The style ${unknown.slice(0, 40)} of a text is not supported`)
  const strong = words
    .map((word) => (word === '700' ? 'bold' : word))
    .filter((word) => word === 'bold' || word === 'italic')
  return {
    txt: decoded(written) ?? written,
    'txt-font': [(decoded(font) ?? font).toLowerCase(), ...strong].join(','),
    'txt-size': shown(letters),
    ...painted('txt-color', said.get('co')),
    ...painted('txt-bg', said.get('b')),
    ...(said.has('w') ? { 'txt-width': shown(whole(said.get('w') ?? '', 1, 8192) ?? 8192) } : {}),
  }
}

function painted(key: string, written: string | undefined): Pairs {
  if (written === undefined) return {}
  const paint = colour(written)
  if (paint === undefined)
    throw refusal('co', `Expected a colour for a text, received ${written.slice(0, 40)}`)
  return { [key]: paint }
}
