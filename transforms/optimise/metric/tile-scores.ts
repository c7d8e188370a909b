// Reads the kernel's sums out of its memory, and turns them into the score of the whole and of the tiles.
import type { Kernel } from './kernel.ts'
import { type Strip, tileSide } from './strips.ts'
import { type PlaneSums, scoreOf } from './weights.ts'

export interface Score {
  readonly score: number
  /** The score of the worst tile, and the 5th percentile of all tiles. */
  readonly tiles: { readonly p5: number; readonly worst: number }
}

type Tile = readonly PlaneSums[]

const scales = 6
const planes = scales * 3
const sumsPerPlane = 6
const countTiles = (length: number): number => Math.max(1, Math.floor((length + tileSide / 2) / tileSide))

/** The tiles of one strip as the kernel cut them: the last tile of a row takes the remaining pixels. */
export function readTiles(kernel: Kernel, width: number, strip: Strip, mask: number): Tile[] {
  const height = strip.bottom - strip.top
  const [across, below] = [countTiles(width), countTiles(height)]
  const sums = new Float64Array(kernel.memory.buffer, kernel.sumsAt(), across * below * planes * sumsPerPlane)
  const tiles: Tile[] = []
  for (let y = 0; y < below; y++)
    for (let x = 0; x < across; x++) {
      const at = (y * across + x) * planes
      const tile = wantedPlanes(mask).flatMap((plane): PlaneSums[] => {
        const scale = Math.floor(plane / 3)
        const count = countColumns(width, x, scale) * countRows(strip, y, scale)
        if (count === 0) return []
        const from = (at + plane) * sumsPerPlane
        return [{ scale, channel: plane % 3, count, sums: sums.slice(from, from + sumsPerPlane) }]
      })
      if (tile.length > 0) tiles.push(tile)
    }
  return tiles
}

const wantedPlanes = (mask: number): number[] =>
  Array.from({ length: planes }, (_, plane) => plane).filter((plane) => (mask >> plane) & 1)

/** The length at a scale, halved and rounded up for each; 0 where the scale before was too small already. */
function scaleLength(length: number, scale: number): number {
  let left = length
  for (let s = 0; s < scale; s++) {
    if (left < 8) return 0
    left = (left + 1) >> 1
  }
  return left
}

function countColumns(width: number, tile: number, scale: number): number {
  const side = tileSide >> scale
  const end = tile === countTiles(width) - 1 ? scaleLength(width, scale) : (tile + 1) * side
  return Math.max(0, end - tile * side)
}

function countRows(strip: Strip, tile: number, scale: number): number {
  const height = strip.bottom - strip.top
  const side = tileSide >> scale
  const end = tile === countTiles(height) - 1 ? scaleLength(height, scale) : (tile + 1) * side
  const last = strip.to === strip.bottom ? scaleLength(height, scale) : (strip.to - strip.top) >> scale
  return Math.max(0, Math.min(end, last) - Math.max(tile * side, (strip.from - strip.top) >> scale))
}

export function combineTiles(tiles: readonly Tile[]): Score {
  const each = tiles.map(scoreOf).sort((a, b) => a - b)
  return {
    score: scoreOf(addUp(tiles)),
    tiles: { p5: each[Math.floor(each.length * 0.05)] ?? 100, worst: each[0] ?? 100 },
  }
}

function addUp(tiles: readonly Tile[]): PlaneSums[] {
  const total = new Map<number, { scale: number; channel: number; count: number; sums: number[] }>()
  for (const { scale, channel, count, sums } of tiles.flat()) {
    const key = scale * 3 + channel
    const sum = total.get(key) ?? { scale, channel, count: 0, sums: new Array(sumsPerPlane).fill(0) }
    sum.count += count
    for (let i = 0; i < sumsPerPlane; i++) sum.sums[i] = (sum.sums[i] ?? 0) + (sums[i] ?? 0)
    total.set(key, sum)
  }
  return [...total.values()]
}
