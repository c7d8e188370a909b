import { spawnSync } from 'node:child_process'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { hashAnimation, isSameAnimation } from '../../transforms/optimise/gif/animation-equality.ts'
import { animatedGif, delays, loops } from '../pictures.ts'
import { isEqual, lossless } from './pixels.ts'

const hasGifsicle = spawnSync('gifsicle', ['--version']).error === undefined

/** A GIF89a extension block in front of the first frame. */
function withBlock(gif: Buffer, label: number, content: string): Buffer {
  const at = 13 + (gif[10] && gif[10] & 0x80 ? 3 * 2 ** ((gif[10] & 7) + 1) : 0)
  const block = Buffer.concat([
    Buffer.from([0x21, label, content.length]),
    Buffer.from(content),
    Buffer.from([0]),
  ])
  return Buffer.concat([gif.subarray(0, at), block, gif.subarray(at)])
}

describe('an animated GIF', () => {
  test('plays the same: every frame, its time, and how often', async () => {
    const source = await animatedGif({ width: 120, height: 90 })
    const { body, format } = await lossless(source)
    expect(format).toBe('gif')
    expect(identify(body).animated).toBe(true)
    expect(isSameAnimation(await hashAnimation(source), await hashAnimation(body))).toBe(true)
    expect(await sharp(body, { animated: true }).metadata()).toMatchObject({ delay: delays, loop: loops })
  })

  test('is a fixed point', async () => {
    const once = await lossless(await animatedGif())
    expect(isEqual((await lossless(once.body)).body, once.body)).toBe(true)
  })

  test('loses its comments', async () => {
    const source = withBlock(await animatedGif(), 0xfe, 'secret')
    const { body } = await lossless(source)
    expect(Buffer.from(body).includes('secret')).toBe(false)
    expect(isSameAnimation(await hashAnimation(source), await hashAnimation(body))).toBe(true)
  })

  test('without Gifsicle says so among what was tried', async () => {
    const { report } = await lossless(await animatedGif())
    const verdict = report.tried.find(({ name }) => name === 'gifsicle -O3')?.verdict
    expect(verdict).toMatch(hasGifsicle ? /chosen|larger|frames/ : /not installed/)
  })
})

test('a process that may open no more files fails the way, and goes on', () => {
  const script = `
    import { openSync } from 'node:fs'
    import { runGifsicle } from '${new URL('../../transforms/optimise/gif/gifsicle.ts', import.meta.url)}'
    try { for (;;) openSync('/dev/null') } catch {}
    await runGifsicle(new Uint8Array(9), [], { endsAt: performance.now() + 1000, maxBytes: 9 }).catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
    process.exitCode = 7`
  const shell = ['-c', 'ulimit -n 80; exec "$0" --input-type=module -e "$1"', process.execPath, script]
  expect(spawnSync('sh', shell).status).toBe(7)
})

describe('films', () => {
  test('of other pace, or one frame short, do not play the same', async () => {
    const film = await hashAnimation(await animatedGif())
    const [first, ...rest] = film.moments
    expect(isSameAnimation(film, { ...film, moments: rest })).toBe(false)
    expect(isSameAnimation(film, { ...film, loop: 7 })).toBe(false)
    expect(isSameAnimation(film, { ...film, moments: [{ hash: first?.hash ?? '', ms: 999 }, ...rest] })).toBe(
      false,
    )
  })
})
