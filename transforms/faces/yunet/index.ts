// YuNet as a detector of faces: what the network says of its squares becomes boxes, each face once.
import type { Detector, Face, Looked } from '../detector.ts'
import { coarsest, createNetwork, type Level, numbers } from './network.ts'

/** Faces of a fortieth of the longest side are found in it, and it takes a tenth of a second. */
export const side = 640
/** Below it are stones and clouds. */
const leastScore = 0.7
/** Two boxes that share more than this of their area are one face. */
const mostShared = 0.3
/** In a crowd: more are of no use to anybody. */
const mostFaces = 100

/** Loads 200 kB of weights; a picture of 640 x 640 takes 30 MB of memory, which are kept for the next. */
export function createYunet(): Detector {
  const network = createNetwork()
  return {
    side,
    find: (picture) => {
      const { data, width, height } = padded(picture)
      const found = network(data, width, height).flatMap((level) => facesOf(level, picture))
      return apart(found)
        .slice(0, mostFaces)
        .sort((a, b) => b.width * b.height - a.width * a.height)
    },
  }
}

/** Black to the right and below, up to whole squares. */
function padded({ data, width, height }: Looked): Looked {
  const [across, down] = [whole(width), whole(height)]
  if (across === width && down === height) return { data, width, height }
  const made = new Uint8Array(across * down * 3)
  for (let y = 0; y < height; y++) made.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * across * 3)
  return { data: made, width: across, height: down }
}

const whole = (length: number): number => Math.ceil(length / coarsest) * coarsest

function facesOf({ stride, across, values }: Level, { width, height }: Looked): Face[] {
  const faces: Face[] = []
  for (let at = 0, square = 0; at < values.length; at += numbers, square++) {
    const [face, thing, x, y, w, h] = values.subarray(at, at + 6) as unknown as Six
    const score = Math.sqrt(certainty(face) * certainty(thing))
    if (score < leastScore) continue
    const [halfWidth, halfHeight] = [(Math.exp(w) * stride) / 2, (Math.exp(h) * stride) / 2]
    const middle = { x: ((square % across) + x) * stride, y: (Math.floor(square / across) + y) * stride }
    const [left, right] = [middle.x - halfWidth, middle.x + halfWidth].map((at) => share(at, width)) as Two
    const [top, bottom] = [middle.y - halfHeight, middle.y + halfHeight].map((at) => share(at, height)) as Two
    if (right > left && bottom > top)
      faces.push({ left, top, width: right - left, height: bottom - top, score })
  }
  return faces
}

type Two = [number, number]
type Six = [number, number, number, number, number, number]

const certainty = (value: number): number => 1 / (1 + Math.exp(-value))

/** Inside the picture; what is no number is at its edge. */
const share = (at: number, side: number): number => Math.min(1, Math.max(0, at / side || 0))

/** The most certain of those that lie over each other, the most certain first. */
function apart(faces: readonly Face[]): Face[] {
  const kept: Face[] = []
  for (const face of faces.toSorted((a, b) => b.score - a.score))
    if (kept.every((other) => shared(face, other) <= mostShared)) kept.push(face)
  return kept
}

/** The area of both over the area of either. */
function shared(a: Face, b: Face): number {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left)
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top)
  if (across <= 0 || down <= 0) return 0
  return (across * down) / (a.width * a.height + b.width * b.height - across * down)
}
