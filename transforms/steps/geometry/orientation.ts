// Quarter turns and mirrors as numbers: the eight ways a picture can lie, how they follow each other, and where boxes go.
import type { Box, Size } from './sizes.ts'

/** Quarter turns clockwise, then a left-right mirror. */
export interface Orient {
  readonly turns: 0 | 1 | 2 | 3
  readonly mirror: boolean
}

const orient = (turns: number, mirror: boolean): Orient => ({
  turns: (((turns % 4) + 4) % 4) as Orient['turns'],
  mirror,
})

export const turned = (turns: number): Orient => orient(turns, false)

/** What brings a picture of this EXIF orientation upright (EXIF 2.32, tag 0x0112); what is not 2 to 8 is upright. */
export function fromExif(orientation: number): Orient {
  const [turns, mirror] = uprighting[orientation - 1] ?? [0, false]
  return orient(turns, mirror)
}

const uprighting: readonly (readonly [number, boolean])[] = [
  [0, false],
  [0, true],
  [2, false],
  [2, true],
  [1, true],
  [1, false],
  [3, true],
  [3, false],
]

/** First one, then the other. A turn that comes before a mirror is, after it, the opposite turn. */
export function joined(first: Orient, second: Orient): Orient {
  return first.mirror
    ? orient(first.turns - second.turns, !second.mirror)
    : orient(first.turns + second.turns, second.mirror)
}

/** What undoes it: a turn with a mirror undoes itself. */
export const inverse = ({ turns, mirror }: Orient): Orient => orient(mirror ? turns : -turns, mirror)

const lies = ({ turns }: Orient): boolean => turns % 2 === 1

export const orientSize = (size: Size, by: Orient): Size =>
  lies(by) ? { width: size.height, height: size.width } : { width: size.width, height: size.height }

/** Where a box of a picture is found once the picture has been turned and mirrored. */
export function orientBox(box: Box, picture: Size, by: Orient): Box {
  let at = box
  let size = picture
  for (let turn = 0; turn < by.turns; turn++) {
    at = { left: size.height - at.top - at.height, top: at.left, width: at.height, height: at.width }
    size = { width: size.height, height: size.width }
  }
  return by.mirror ? { ...at, left: size.width - at.left - at.width } : at
}
