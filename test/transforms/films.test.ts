// Films too long to be held in memory: a few frames tell which encoding is the smaller.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { mostCompared } from '../../transforms/plan/choices.ts'
import { render } from '../../transforms/render/apply.ts'

const side = 400
const frames = Math.ceil((mostCompared * 1.2) / side ** 2)

/** A disc that wanders over dots of two colours: what GIF is good at, and WebP with loss is not. */
async function film(): Promise<Buffer> {
  const roll = new Uint8Array(side * side * frames)
  for (let i = 0; i < roll.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side) % side]
    const at = 60 + ((Math.floor(i / side ** 2) * 7) % 280)
    const isDisc = (x - at) ** 2 + (y - 200) ** 2 < 900
    roll[i] = isDisc ? 255 : (x * 7 + y * 13) % 5 === 0 ? 0 : 90
  }
  return sharp(roll, { raw: { width: side, height: side * frames, channels: 1, pageHeight: side } })
    .gif({ delay: Array(frames).fill(40), effort: 1 })
    .toBuffer()
}

// On a busy machine 40 megapixels of frames take a while.
test('a long film of a GIF goes out as GIF where that is the smaller, made of all its frames', {
  timeout: 120_000,
}, async () => {
  const source = await film()
  const facts = identify(source)
  const asked = exact(parse('w=390&auto=format'), { formats: 'avif,webp', saveData: false })
  const made = await render(source, plan(asked, facts), { facts, timeoutMs: 600_000 })
  expect([made.type, made.pages]).toEqual(['image/gif', frames])
})
