// One pine tree: a trunk and boughs that hang, dark against the light.
import { clamp } from './colour.ts'
import { noise, random } from './noise.ts'
import { lay, type Photo } from './photo.ts'

export interface Pine {
  readonly x: number
  readonly base: number
  readonly tall: number
  readonly seed: number
}

export function pine(photo: Photo, { x, base, tall, seed }: Pine): void {
  const chance = random(seed)
  const top = base - tall
  trunk(photo, { x, base, tall, seed })
  for (let y = top + 4; y < base; y += 3) {
    const down = (y - top) / tall
    const reach = tall * (0.012 + 0.19 * down ** 0.85) * (0.55 + 0.45 * chance())
    bough(photo, { x, y, reach, seed: chance() * 200 })
    bough(photo, { x, y: y + 2, reach: -reach * (0.7 + 0.5 * chance()), seed: chance() * 200 })
  }
}

function trunk(photo: Photo, { x, base, tall }: Pine): void {
  for (let y = base - tall; y < base; y++) {
    const half = 0.6 + (6 * (y - base + tall)) / tall
    for (let at = Math.floor(x - half); at <= x + half; at++) dab(photo, at, y, { light: 4, cover: 1 })
  }
}

interface Bough {
  readonly x: number
  readonly y: number
  /** Negative to the left. */
  readonly reach: number
  readonly seed: number
}

function bough(photo: Photo, { x, y, reach, seed }: Bough): void {
  const length = Math.abs(reach)
  const way = Math.sign(reach)
  for (let out = 0; out < length; out++) {
    const share = out / length
    const hang = y + length * 0.32 * share * share + noise(out / 9, seed) * 5
    const thick = 1 + (1 - share) * 3 + noise(out / 2.2, seed + 5) * 5 * (1 - share * 0.5)
    for (let down = 0; down < thick; down++) {
      const light = 5 + noise(out / 3, seed + down / 3) * 16 + (way > 0 ? share * 16 : 0)
      dab(photo, Math.round(x + out * way), Math.round(hang + down), {
        light,
        cover: clamp(thick - down) * 0.92,
      })
    }
  }
}

function dab(photo: Photo, x: number, y: number, { light, cover }: { light: number; cover: number }): void {
  if (x < 0 || x >= photo.width || y < 0 || y >= photo.height) return
  lay(photo, y * photo.width + x, [light * 0.95, light * 1.25 + 5, light * 0.9 + 5], cover)
}
