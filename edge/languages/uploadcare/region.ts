// What a crop keeps: a box or a ratio, of the picture so far.
import { Failure } from '../../../errors.ts'
import type { Region } from '../../../transforms/index.ts'
import { box, centred, corner, place, ratio, refuse } from './arguments.ts'
import type { Operation } from './path.ts'

export function regionOf(operation: Operation): Region {
  const [text = '', align, ...rest] = operation.args
  if (text === 'face')
    throw new Failure('bad-option', 'crop/face is not supported: nobody looks for faces here', {
      option: 'crop',
    })
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
