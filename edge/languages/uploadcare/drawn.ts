// Operations that draw upon the picture or hide a part of it: another upload, a text, a region, faces.
import { Failure } from '../../../errors.ts'
import { type Options, parse, type Region } from '../../../transforms/index.ts'
import { box, colour, percent, pixelPair, place, refuse } from './arguments.ts'
import type { Operation } from './path.ts'

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const query = (pairs: Readonly<Record<string, string>>): Options =>
  parse(
    Object.entries(pairs)
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join('&'),
  )

/** UUID[/WpxHp[/x,y[/opacity]]]: sizes are shares of the picture below, whose ratio is kept. */
export function overlayOf(operation: Operation): Options {
  const [upload = '', size = '100px100p', at = '0,0', opacity = '100p', ...rest] = operation.args
  const sides = box(size)
  const alpha = percent(opacity)
  const placed = placeOf(at, 'mark')
  const isShare = sides && 'share' in sides.width && 'share' in sides.height
  if (!id.test(upload) || !isShare || !placed || alpha === undefined || alpha > 1 || rest.length > 0)
    throw refuse(operation, 'an upload, then a size such as 50px50p, a place and an opacity such as 40p')
  return query({
    mark: `uploads:${upload.toLowerCase()}`,
    ...shares(sides.width as { share: number }, sides.height as { share: number }),
    ...placed,
    ...(alpha < 1 ? { 'mark-alpha': String(alpha * 100) } : {}),
  })
}

const shares = (width: { readonly share: number }, height: { readonly share: number }) => ({
  'mark-w': width.share === 1 ? '1.0' : String(width.share),
  'mark-h': height.share === 1 ? '1.0' : String(height.share),
})

/** Pixels from the upper left corner, or an edge, a corner or the middle. */
function placeOf(text: string, prefix: 'mark' | 'txt'): Readonly<Record<string, string>> | undefined {
  const at = place(text)
  if (!at) return undefined
  const pixels = [at.x, at.y].map((position) =>
    typeof position === 'object' && 'px' in position ? position.px : undefined,
  )
  const [x, y] = pixels
  if (x !== undefined && y !== undefined) return { [`${prefix}-x`]: String(x), [`${prefix}-y`]: String(y) }
  const words = [wordOf(at.y, ['top', 'middle', 'bottom']), wordOf(at.x, ['left', 'center', 'right'])]
  return words.includes(undefined)
    ? undefined
    : { [`${prefix}-align`]: words.join(','), [`${prefix}-pad`]: '0' }
}

function wordOf(
  position: unknown,
  [near, middle, far]: readonly [string, string, string],
): string | undefined {
  if (position === 'centre') return middle
  if (position === 'end') return far
  return typeof position === 'object' && position !== null && 'px' in position && position.px === 0
    ? near
    : undefined
}

/** WxH/x,y[/strength] in pixels or percent, or faces[/strength]. */
export function blurredRegion(operation: Operation): Options {
  const [size = '', at = '', strength = '', ...rest] = operation.args
  if (size === 'faces') return blurredFaces(operation)
  const sides = box(size)
  const placed = place(at)
  if (!sides || !placed || !/^\d{0,4}$/.test(strength) || Number(strength) > 5000 || rest.length > 0)
    throw refuse(operation, 'dimensions and a place such as 100x50/10,20, or faces')
  const hide: Region = { ...placed, ...sides }
  return { hide, hideHow: 'blur' }
}

/** colour/WxH/x,y: a box that is filled. */
export function rectOf(operation: Operation): Options {
  const [paint = '', size = '', at = '', ...rest] = operation.args
  const [hideColour, sides, placed] = [colour(paint), box(size), place(at)]
  if (!hideColour || !sides || !placed || rest.length > 0)
    throw refuse(operation, 'a colour, dimensions and a place such as ff0000/100x50/10,20')
  return { hide: { ...placed, ...sides }, hideColour }
}

/** Never less than a quarter: whoever asks for it wants nobody recognised. */
function blurredFaces(operation: Operation): Options {
  const [, strength = '50', ...rest] = operation.args
  if (!/^\d{1,4}$/.test(strength) || Number(strength) > 5000 || rest.length > 0)
    throw refuse(operation, 'a strength from 0 to 5000 after faces')
  return { faceBlur: Math.min(100, Math.max(25, Number(strength))) }
}

/** What `font`, `text_align` and `text_box` say of the texts behind them. */
export interface Lettering {
  readonly font?: Readonly<Record<string, string>>
  /** Words of `txt-align`. */
  readonly align?: string
  readonly behind?: string
}

const families: Readonly<Record<string, string>> = {
  ...{ dejavu: 'dejavu sans', dejavumono: 'dejavu sans mono', dejavuserif: 'dejavu serif' },
  ...{ noto: 'noto sans', notomono: 'noto sans mono', notoserif: 'noto serif' },
}

/** [reset/][regular or bold/][normal or italic/][size/][colour/][family], any of which may be absent. */
export function fontOf(operation: Operation, before: Lettering): Lettering {
  const found: Record<string, string> = operation.args[0] === 'reset' ? {} : { ...before.font }
  const styles = new Set((found.styles ?? '').split(',').filter(Boolean))
  for (const arg of operation.args) {
    const word = arg.toLowerCase()
    const paint = colour(arg)
    const family = Object.hasOwn(families, word) ? families[word] : undefined
    if (word === 'reset' || word === 'regular' || word === 'normal') continue
    if (word === 'bold' || word === 'italic') styles.add(word)
    else if (family !== undefined) found.family = family
    else if (/^\d{1,3}$/.test(arg) && found.size === undefined && Number(arg) > 0) found.size = arg
    else if (paint !== undefined) found.colour = argb(arg)
    else throw refuse(operation, 'a weight, a style, a size, a colour and a family')
  }
  return { ...before, font: { ...found, styles: [...styles].join(',') } }
}

/** Their alpha is last, ours first. */
function argb(hex: string): string {
  const long = hex.length < 6 ? hex.replace(/./g, '$&$&') : hex
  return long.length === 8 ? long.slice(6) + long.slice(0, 6) : long
}

export function alignOf(operation: Operation, before: Lettering): Lettering {
  const [across = '', down = '', ...rest] = operation.args
  const isFine = /^(?:left|center|right)$/.test(across) && /^(?:top|center|bottom)$/.test(down)
  if (!isFine || rest.length > 0) throw refuse(operation, 'left, center or right, then top, center or bottom')
  return { ...before, align: `${down === 'center' ? 'middle' : down},${across}` }
}

/** A box round every line is one round them all here. */
export function boxOf(operation: Operation, { behind: _, ...before }: Lettering): Lettering {
  const [kind = '', paint = '', padding = '', ...rest] = operation.args
  if (kind === 'none' && operation.args.length === 1) return before
  const isFine = /^(?:fit|line|fill)$/.test(kind) && colour(paint) !== undefined && /^\d{0,4}$/.test(padding)
  if (!isFine || rest.length > 0)
    throw refuse(operation, 'none, or fit, line or fill with a colour and a padding')
  return { ...before, behind: argb(paint) }
}

/** WxH/x,y/text: a box in pixels from its upper left corner, or the whole picture. */
export function textOf(operation: Operation, { font = {}, align, behind }: Lettering): Options {
  const [size = '', at = '', ...words] = operation.args
  const text = words.join('/').replace(/~([~sn])/g, (_, mark: string) => escapes[mark] ?? mark)
  if (text === '') throw refuse(operation, 'dimensions, a place and a text')
  const isWhole = /^100[p%]x100[p%]$/i.test(size) && /^0[p%]?,0[p%]?$/i.test(at)
  const where = isWhole ? { 'txt-align': align ?? 'top,left', 'txt-pad': '0' } : boxed(operation, size, at)
  if (!isWhole && align !== undefined && align !== 'top,left')
    throw new Failure(
      'bad-option',
      'text_align beside a text that is not over the whole picture is not supported',
      {
        option: 'text_align',
      },
    )
  const { family, styles = '', size: letters = '20', colour: ink = '000000' } = font
  const names = [family ?? 'dejavu sans', ...styles.split(',').filter(Boolean)]
  return query({
    txt: text,
    ...where,
    'txt-size': letters,
    'txt-color': ink,
    'txt-font': names.join(','),
    ...(behind === undefined ? {} : { 'txt-bg': behind }),
  })
}

const escapes: Readonly<Record<string, string>> = { '~': '~', s: '/', n: '\n' }

function boxed(operation: Operation, size: string, at: string): Readonly<Record<string, string>> {
  const { width } = pixelPair(operation, size)
  const [, x, y] = /^(\d{1,4}),(\d{1,4})$/.exec(at) ?? []
  if (width === undefined || x === undefined || y === undefined)
    throw refuse(operation, 'a box in pixels such as 300x100/10,20, or 100px100p/0,0')
  return { 'txt-x': x, 'txt-y': y, 'txt-width': String(width) }
}
