// @ts-nocheck AssemblyScript, not TypeScript: the inner loops of SSIMULACRA2, as sums that weights.ts turns into points.
// Rebuild: npx asc transforms/optimise/metric/kernel.as.ts -o transforms/optimise/metric/kernel.wasm -O3 --noAssert --runtime stub --enable simd
import { readPixels } from './colour.as'
import { compare, describe } from './errors.as'
import { at, candidates, originals, sums, tilesX, tilesY, wanted } from './planes.as'

export { linearTable, pixelsAt, prepare, sumsAt } from './planes.as'

/** Reads the pixels as the reference. */
export function reference(): void {
  readPixels(originals)
  for (let p = 0; p < 18; p++) if (at(wanted, p)) describe(p)
}

/** Reads the pixels as the candidate and sums the errors of the full-size rows from `from` to `to`. */
export function candidate(from: i32, to: i32): void {
  readPixels(candidates)
  memory.fill(sums, 0, <usize>(tilesX * tilesY) * 864)
  for (let p = 0; p < 18; p++) if (at(wanted, p)) compare(p, from, to)
}
