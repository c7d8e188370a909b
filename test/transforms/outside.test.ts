// HEIC by a program of the machine: what it becomes, and what is said where it is not installed or the file is damaged.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test, vi } from 'vitest'
import { exact, identify, identifySource, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import { kindOf, kindOfRejection } from '../refusals.ts'

/** 64 x 32, red beside blue; made by heif-enc. */
const heic = readFileSync(join(import.meta.dirname, '../fixtures/two-colours.heic'))

const made = (source: Uint8Array, query: string) => {
  const facts = identifySource(source)
  return render(source, plan(exact(parse(query), { formats: 'basic', saveData: false }), facts), { facts })
}

const isHere = ['heif-convert', 'heif-dec'].some((name) => spawnSync(name, ['-h']).error === undefined)

test('its header says how large it is', () => {
  expect(identifySource(heic)).toMatchObject({
    format: 'heic',
    width: 64,
    height: 32,
    pages: 1,
    bytes: heic.length,
  })
  expect(kindOf(() => identify(heic))).toBe('source-unsupported')
})

test('without the program it is refused with the name of what to install', async () => {
  // Programs for strangers' files are looked for in the usual folders alone.
  vi.resetModules()
  vi.doMock('../../work/program.ts', () => ({
    runProgram: () => Promise.resolve({ how: 'missing', output: '', errors: '' }),
  }))
  const { render } = await import('../../transforms/render/apply.ts')
  const facts = identifySource(heic)
  const asked = plan(exact(parse('w=32'), { formats: 'basic', saveData: false }), facts)
  await expect(render(heic, asked, { facts })).rejects.toMatchObject({
    kind: 'source-unsupported',
    message: 'A source in HEIC needs heif-convert (Debian: apt install libheif-examples)',
  })
  vi.doUnmock('../../work/program.ts')
  vi.resetModules()
})

describe.skipIf(!isHere)('a HEIC picture (needs heif-convert)', () => {
  test.each([
    ['w=32', 'image/jpeg', 32, 16],
    ['w=32&fm=webp', 'image/webp', 32, 16],
    ['rot=90&rot-type=pivot&fm=png', 'image/png', 32, 64],
    ['fm=png', 'image/png', 64, 32],
  ])('%s is %s of %i x %i', async (query, type, width, height) => {
    const picture = await made(heic, query)
    expect([picture.type, picture.width, picture.height]).toEqual([type, width, height])
    const { info } = await sharp(picture.body).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([width, height])
  })

  test('shows its colours', async () => {
    const { body } = await made(heic, 'fm=png')
    const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const at = (x: number) => [...data.subarray((16 * info.width + x) * 3, (16 * info.width + x) * 3 + 3)]
    for (const [seen, meant] of [
      [at(10), [200, 0, 0]],
      [at(54), [0, 0, 200]],
    ] as const)
      expect(seen.every((value, i) => Math.abs(value - (meant[i] ?? 0)) < 16)).toBe(true)
  })

  test.each([
    ['cut short', heic.subarray(0, heic.length - 40)],
    ['overwritten', Buffer.concat([heic.subarray(0, heic.length - 200), Buffer.alloc(200, 0xff)])],
  ])('that is %s is broken', async (_, bytes) => {
    expect(await kindOfRejection(made(bytes, 'w=32'))).toBe('source-broken')
  })
})
