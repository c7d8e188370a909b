import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { createReducedGif } from '../../transforms/optimise/colour-reduction.ts'
import { runGifsicle } from '../../transforms/optimise/gif/gifsicle.ts'
import { listGifCandidates } from '../../transforms/optimise/gif/index.ts'
import { listLossyGif } from '../../transforms/optimise/gif/lossy.ts'
import { noTimeVerdict } from '../../transforms/optimise/smallest-candidate.ts'
import { animatedGif } from '../pictures.ts'

describe('Gifsicle has the time that is left', () => {
  /** In place of Gifsicle: says that it was begun, and does not end by itself. `first` it makes before it is stuck. */
  function aStuckProgram(first?: Uint8Array) {
    const folder = mkdtempSync(join(tmpdir(), 'halftone-gifsicle-'))
    const begun = join(folder, 'begun')
    const made = join(folder, 'made')
    if (first) writeFileSync(made, first)
    const makes = `[ -e '${begun}' ] || { : > '${begun}'; cat '${made}' && exit; }`
    writeFileSync(join(folder, 'gifsicle'), `#!/bin/sh\n${makes}\nexec sleep 600\n`, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    onTestFinished(() => {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true })
    })
    return () => existsSync(begun)
  }

  test('and is stopped at its end', async () => {
    const isBegun = aStuckProgram()
    const bounds = { endsAt: performance.now() + 3000, maxBytes: 9 }
    await expect(runGifsicle(await animatedGif(), [], bounds)).rejects.toThrow(noTimeVerdict)
    expect(isBegun()).toBe(true)
  })

  test('and is not begun after it, whatever the whole time was', async () => {
    const isBegun = aStuckProgram()
    const source = await animatedGif({ width: 120, height: 90 })
    const facts = identify(source)
    const [endsAt, maxBytes] = [performance.now(), source.length - 1]
    const ways = [
      ...listGifCandidates(source, facts, endsAt).filter(({ name }) => name.startsWith('gifsicle')),
      ...listLossyGif({ source, facts, level: 'default', endsAt }),
      createReducedGif({ source, facts, keep: [], maxBytes, endsAt }),
    ]
    expect(ways).toHaveLength(5)
    for (const way of ways) await expect(way.make(source)).rejects.toThrow(noTimeVerdict)
    expect(isBegun()).toBe(false)
  })

  test('and what was small enough before its end is not lost by looking for better', async () => {
    const [source, small] = [await animatedGif({ width: 120, height: 90 }), await animatedGif()]
    aStuckProgram(small)
    const [facts, maxBytes, endsAt] = [identify(source), small.length, performance.now() + 1000]
    const made = await createReducedGif({ source, facts, keep: [], maxBytes, endsAt }).make(source)
    expect(Buffer.from(made).equals(small)).toBe(true)
  })
})
