// What is done to a gain map so that it fits a picture that was cut, resized and turned: the same, in its own pixels. Pure.
import type { Plan } from '../../plan/plan.ts'
import { orientSize, turned } from '../../steps/geometry/orientation.ts'
import { type Box, type Size, whole } from '../../steps/geometry/sizes.ts'

type Framing = Pick<Plan, 'orient' | 'extract' | 'resize' | 'crop'>

/** `source` and `map` are sizes as stored. The map never becomes larger than it is, nor than the picture. */
export function geometryOfMap(plan: Plan, source: Size, map: Size): Framing {
  const { orient, extract, resize, crop } = plan
  const turn = orient ?? turned(0)
  const [whole1, whole2] = [orientSize(source, turn), orientSize(map, turn)]
  const cut = extract && scaledBox(extract, whole1, whole2)
  const used = cut ?? whole2
  const target = resize && fitting(resize, used)
  const [from, to] = resize && target ? [resize, target] : [extract ?? whole1, used]
  const box = crop?.by === 'box' ? scaledBox(crop.box, from, to) : undefined
  return {
    ...(orient && { orient }),
    ...(cut && { extract: cut }),
    ...(target && { resize: target }),
    ...(box && { crop: { by: 'box', box } as const }),
  }
}

/** Every edge goes to the pixel that is nearest to where it belongs. */
function scaledBox(box: Box, from: Size, to: Size): Box {
  const [x, y] = [to.width / from.width, to.height / from.height]
  const left = Math.min(Math.round(box.left * x), to.width - 1)
  const top = Math.min(Math.round(box.top * y), to.height - 1)
  return {
    left,
    top,
    width: whole((box.left + box.width) * x - left, to.width - left),
    height: whole((box.top + box.height) * y - top, to.height - top),
  }
}

function fitting(resize: Size, used: Size): Size {
  const scale = Math.min(1, used.width / resize.width, used.height / resize.height)
  return { width: whole(resize.width * scale), height: whole(resize.height * scale) }
}
