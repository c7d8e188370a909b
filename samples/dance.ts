// Dots that dance: a grid of a newspaper's dots, swollen by a wave that goes round. The animated sample.
import { blend, clamp, hex, smooth } from './colour.ts'

export const danceWidth = 320
export const danceHeight = 240
export const danceFrames = 16
export const danceDelayMs = 70

const cell = 16
const paper = hex('#15132b')
const inks = [hex('#ff5d73'), hex('#ffb84d'), hex('#3ddbc4'), hex('#6f7bff')] as const

/** All frames, one below the other. */
export function dance(): Buffer {
  const bytes = Buffer.alloc(danceWidth * danceHeight * danceFrames * 3)
  for (let frame = 0, at = 0; frame < danceFrames; frame++) {
    for (let y = 0; y < danceHeight; y++) {
      for (let x = 0; x < danceWidth; x++) {
        for (const channel of dotted(x, y, frame / danceFrames)) bytes[at++] = channel
      }
    }
  }
  return bytes
}

function dotted(x: number, y: number, time: number) {
  // Every other row is shifted by half a dot, as in print.
  const row = Math.floor(y / cell)
  const shift = row % 2 === 0 ? 0 : cell / 2
  const column = Math.floor((x + shift) / cell)
  const middle = { x: column * cell - shift + cell / 2, y: row * cell + cell / 2 }
  const radius = cell * 0.56 * swell(middle.x - danceWidth / 2, middle.y - danceHeight / 2, time)
  const cover = clamp(radius - Math.hypot(x + 0.5 - middle.x, y + 0.5 - middle.y) + 0.5)
  // Few shades, because a GIF has 256 for all frames.
  return blend(paper, inks[(column + row) % inks.length] ?? paper, Math.round(cover * 4) / 4)
}

function swell(x: number, y: number, time: number): number {
  const distance = Math.hypot(x, y)
  const wave = 0.5 + 0.5 * Math.cos(distance / 19 - time * 2 * Math.PI * 2 + Math.atan2(y, x))
  return 0.18 + 0.82 * wave * smooth(190, 60, distance)
}
