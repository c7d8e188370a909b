// What a crop keeps: a box or a ratio, of the picture so far.
import type { Region } from '../../../transforms/index.ts'
import { box, centred, corner, place, ratio, refuse } from './arguments.ts'
import type { Operation } from './path.ts'

export function regionOf(operation: Operation): Region {
  const [text = '', align, ...rest] = operation.args
  if (text === 'image') return imageRegion(operation)
  const part = ratio(text)
  const size = part === undefined ? box(text) : { ratio: part }
  const at = align === undefined ? (part === undefined ? corner : centred) : place(align)
  if (size && at && rest.length === 0) return { ...at, ...size }
  throw refuse(operation, 'dimensions such as 300x200 or 50px50p or a ratio such as 16:9, then a place')
}

/** crop/image[/ratio or percent][/place]: of the whole picture. */
function imageRegion(operation: Operation): Region {
  const [, ...args] = operation.args
  const part = ratio(args[0] ?? '')
  const size = part === undefined ? box(args[0] ?? '') : { ratio: part }
  const [align = 'center', ...rest] = size ? args.slice(1) : args
  const at = place(align)
  const isShare = !size || 'ratio' in size || ('share' in size.width && 'share' in size.height)
  if (at && isShare && rest.length === 0) return { ...at, ...(size ?? whole) }
  throw refuse(operation, 'image, then a ratio such as 16:9 or a size such as 50px50p, then a place')
}

const whole = { width: { share: 1 }, height: { share: 1 } } as const

/** face[/W:H][/WpxHp]: a ratio, and how many times as large as the face the part is. */
export function faceOf(operation: Operation): { readonly pad: number; readonly ratio?: number } {
  let part: number | undefined
  let pad = 1
  for (const text of operation.args.slice(1)) {
    const asked = ratio(text)
    const [, w, h] = /^(\d{1,4})[p%]x(\d{1,4})[p%]$/i.exec(text) ?? []
    if (asked !== undefined) part = asked
    else if (w !== undefined && w === h && Number(w) >= 50) pad = Number(w) / 100
    else if (text !== 'center')
      throw refuse(operation, 'face, then a ratio such as 1:1 and a size such as 200px200p of equal sides')
  }
  return { pad, ...(part !== undefined && { ratio: part }) }
}
