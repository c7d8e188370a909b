// Finished pixels as JPEG XL, encoded by cjxl, a program of the machine beside this one. It reads pixels of ours, and never a
// stranger's file.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../errors.ts'
import { type ProgramEnd, runProgram } from '../../work/program.ts'
import type { Pixels } from '../pixels/run.ts'
import type { Encoding } from '../plan/plan.ts'
import { inColour } from './steps/channels.ts'

const bounds = { timeoutMs: 20_000, memoryBytes: 3 * 2 ** 30, fileBytes: 64 * 2 ** 20 }

/** The slower efforts take 7 % off in four times as long. */
const effort = '3'

/** Fails with 'tool-missing' where cjxl is not installed, and with 'late'. */
export async function jxlOf(pixels: Pixels, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'halftone-jxl-'))
  try {
    const [from, to] = [join(folder, 'picture.pam'), join(folder, 'picture.jxl')]
    await writeFile(from, plain(inColour(pixels)))
    const args = [from, to, ...strength(encoding), '-e', effort, '--num_threads=0', '--quiet']
    const end = await runProgram({ program: 'cjxl', args, bounds, isApart: true })
    if (end.how !== 'done') throw failureOf(end)
    return new Uint8Array(await readFile(to))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const strength = ({ lossless, quality = 80 }: Encoding): string[] =>
  lossless ? ['-d', '0'] : ['-q', String(quality)]

/** Netpbm's PAM, which may have alpha; without a word of colours it is sRGB. */
function plain({ data, width, height, channels }: Pixels): Buffer {
  const kind = channels === 4 ? 'RGB_ALPHA' : 'RGB'
  const head = [
    'P7',
    `WIDTH ${width}`,
    `HEIGHT ${height}`,
    `DEPTH ${channels}`,
    'MAXVAL 255',
    `TUPLTYPE ${kind}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\n')}\nENDHDR\n`), data])
}

function failureOf({ how, errors }: ProgramEnd): Failure {
  if (how === 'missing')
    return new Failure('tool-missing', 'fm=jxl needs cjxl (Debian: apt install libjxl-tools)')
  if (how === 'late') return new Failure('late', 'The picture took too long to make.')
  return new Failure('too-costly', 'cjxl could not make a JPEG XL of this picture.', {
    cause: new Error(errors),
  })
}
