import { describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { identify } from '../../transforms/identify.ts'
import { entries, isHere, read } from './pictures.ts'

/** Formats that can be named but not decoded: a refusal is the right answer. */
const undecoded = ['heic', 'jxl codestream', 'jp2']

/** Where a frame is removed, browsers show what lies behind the picture; the index has libnsgif's word, the file's background. */
const holed = ['bad-frame-out-of-bounds.gif', 'gif-dispose-background.gif', 'gif-zero-delay.gif']

/** Frames of films, of which the index counts what libvips reads: the still picture. */
const frames: Readonly<Record<string, number>> = { 'avif-anim.avif': 5, 'png-animated-apng.png': 20 }

describe.skipIf(!isHere)('every picture of the corpus is identified as its index says', () => {
  const known = entries.filter(
    ({ format, class: kind }) => format && !undecoded.includes(format) && kind !== 'svg-hostile',
  )
  test.each(known.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
    const facts = (() => {
      try {
        return identify(read(name))
      } catch (thrown) {
        if (thrown instanceof Failure && (entry.expect === 'reject' || entry.lenient)) return undefined
        throw thrown
      }
    })()
    if (!facts) return
    const { format, width, height, pages, orientation, alpha } = facts
    expect({ format, width, height, pages, orientation, alpha }).toEqual({
      format: entry.format === 'avif-sequence' ? 'avif' : entry.format,
      width: entry.width,
      height: entry.height,
      pages: frames[name] ?? entry.pages,
      orientation: entry.orientation ?? 1,
      alpha: holed.includes(name) || (entry.hasAlpha ?? false),
    })
  })

  const others = entries.filter(({ format }) => !format || undecoded.includes(format))
  test.each(others.map((entry) => [entry.name, entry] as const))(
    '%s is no picture we read, and is not let in',
    (name) => {
      // What only ends too early may still be identified: decoding it fails.
      if (name === 'bad-truncated-gif.gif') return
      expect(() => identify(read(name))).toThrow(Failure)
    },
  )
})
