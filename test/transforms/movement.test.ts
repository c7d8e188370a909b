// What an animation says of its pace is clamped to what the format of the result can hold, and never refused.
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'

const size = { width: 12, height: 8 }

/** Repetitions and the second frame's hundredths of a second, written into the file. */
async function gif(loops: number, hundredths: number): Promise<Buffer> {
  const source = Buffer.from(await pictures.animatedGif(size))
  source.writeUInt16LE(loops, source.indexOf('NETSCAPE2.0') + 13)
  const first = source.indexOf(Buffer.from([0x21, 0xf9, 4]))
  source.writeUInt16LE(hundredths, source.indexOf(Buffer.from([0x21, 0xf9, 4]), first + 1) + 4)
  return source
}

/** Repetitions and the second frame's milliseconds (RFC 9649 2.7.1.1). */
async function webp(loops: number, ms: number): Promise<Buffer> {
  const source = Buffer.from(await pictures.animatedWebp(size))
  source.writeUInt16LE(loops, source.indexOf('ANIM') + 12)
  source.writeUIntLE(ms, source.indexOf('ANMF', source.indexOf('ANMF') + 1) + 20, 3)
  return source
}

async function played(source: Uint8Array, query: string) {
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  const { body } = await render(source, asked)
  const { delay = [], loop, pages } = await sharp(body, { animated: true }).metadata()
  return { loop, pages, ms: delay[1] }
}

const steps = ['w=6', 'flip=h']

describe('a GIF', () => {
  test.each<[number, number, number]>([
    // Stored, and what sharp calls it: plays, not repetitions.
    [0, 0, 0],
    [1, 2, 2],
    [65_534, 65_535, 65_535],
    [65_535, 0, 0],
  ])('that is repeated %i times', async (stored, asWebp, asGif) => {
    for (const step of steps) {
      expect((await played(await gif(stored, 20), `${step}&fm=webp`)).loop).toBe(asWebp)
      expect((await played(await gif(stored, 20), `${step}&fm=gif`)).loop).toBe(asGif)
    }
  })

  test.each([[7_000], [65_535]])('with a frame of %i hundredths of a second keeps it', async (hundredths) => {
    for (const query of steps.flatMap((step) => [`${step}&fm=webp`, `${step}&fm=gif`]))
      expect((await played(await gif(0, hundredths), query)).ms).toBe(hundredths * 10)
  })
})

describe('a WebP', () => {
  test('with a frame of 70 s keeps it, and one longer than GIF can say becomes the longest there', async () => {
    for (const step of steps) {
      expect((await played(await webp(0, 70_000), `${step}&fm=webp`)).ms).toBe(70_000)
      expect((await played(await webp(0, 70_000), `${step}&fm=gif`)).ms).toBe(70_000)
      expect((await played(await webp(0, 2 ** 24 - 1), `${step}&fm=gif`)).ms).toBe(655_350)
      expect((await played(await webp(0, 2 ** 24 - 1), `${step}&fm=webp`)).ms).toBe(2 ** 24 - 1)
    }
  })
})

test('whatever a file says of its pace, it is answered', async () => {
  const word = fc.oneof(fc.nat(65_535), fc.constantFrom(0, 1, 6_553, 6_554, 65_534, 65_535))
  await fc.assert(
    fc.asyncProperty(word, word, fc.constantFrom('webp', 'gif'), async (loops, time, format) => {
      expect((await played(await gif(loops, time), `w=6&fm=${format}`)).pages).toBe(3)
      expect((await played(await webp(loops, time * 256), `w=6&fm=${format}`)).pages).toBe(3)
    }),
    { numRuns: 25 },
  )
})
