// Sources that no library of ours decodes, by a program of the machine: it makes a plain picture of them, within bounds, and sees
// nothing of our environment, no network, and no other file than the source.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import { type ProgramEnd, runProgram } from '../../work/program.ts'
import type { Facts, SourceFormat } from '../facts.ts'
import { isPlain, plainPixels } from '../pixels/ppm.ts'
import { from } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import type { Plan } from '../plan/plan.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { drawnSizeAt } from './draw.ts'
import { type Tool, tools, type Way } from './tools.ts'

export const isOutside = ({ format }: Facts): boolean => format in tools && format !== 'avif'

const bounds = { timeoutMs: 20_000, memoryBytes: 2 * 2 ** 30, fileBytes: 512 * 2 ** 20 }

/**
 * Fails with 'source-unsupported' (of a film with 'tool-missing') that says what to install, with 'source-broken', 'late' or
 * 'too-costly'.
 */
export async function fromOutside(bytes: Uint8Array, facts: Facts, way: Way): Promise<Sharp> {
  const file = await madeOutside(bytes, facts, way)
  const image = isPlain(file) ? from(plainPixels(file)) : sharp(file, way.options)
  const { width, height } = await image.metadata()
  const size = sizeOf(facts, way.plan)
  if (width !== size.width || height !== size.height) throw broken()
  return image
}

const sizeOf = (facts: Facts, { density = 1 }: Pick<Plan, 'density'>): Size =>
  facts.format === 'pdf' ? drawnSizeAt(facts, density) : facts

/** The picture in a format that we read; of a film in AVIF an animated PNG. Fails as above. */
export async function madeOutside(bytes: Uint8Array, facts: Facts, way: Way): Promise<Buffer> {
  const tool = tools[facts.format]?.(facts, { ...way, size: sizeOf(facts, way.plan) })
  if (!tool) throw new RangeError(`no program reads ${facts.format}`)
  const folder = await mkdtemp(join(tmpdir(), 'halftone-decode-'))
  try {
    const from = join(folder, `source.${facts.format}`)
    await writeFile(from, bytes)
    const { writes = 'png' } = tool
    for (const attempt of [tool, ...(tool.otherwise ? [tool.otherwise] : [])]) {
      const end = await decode(attempt, from, join(folder, `made.${writes}`))
      if (end.how !== 'done') throw failureOf(end, facts, tool)
      const found = await made(folder, writes)
      if (found) return found
    }
    throw broken()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function decode(
  { programs, args }: Pick<Tool, 'programs' | 'args'>,
  from: string,
  to: string,
): Promise<ProgramEnd> {
  const [program = '', ...others] = programs
  const end = await runProgram({ program, args: args(from, to), bounds, isApart: true })
  if (end.how !== 'missing' || others.length === 0) return end
  return decode({ programs: others, args }, from, to)
}

/** Of a file of several pictures, they are numbered. */
async function made(folder: string, writes: string): Promise<Buffer | undefined> {
  for (const name of [`made.${writes}`, `made-1.${writes}`])
    try {
      return await readFile(join(folder, name))
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    }
  return undefined
}

const broken = (cause?: Error): Failure =>
  new Failure('source-broken', 'The source is damaged: its pixels cannot be decoded.', { cause })

const names: Partial<Readonly<Record<SourceFormat, string>>> = {
  ...{ jxl: 'JPEG XL', jp2: 'JPEG 2000', mp4: 'MP4', webm: 'WebM', avif: 'AVIF that moves' },
}

function failureOf({ how, errors }: ProgramEnd, { format }: Facts, tool: Tool): Failure {
  const cause = new Error(errors)
  if (how === 'missing')
    return new Failure(
      tool.failure ?? 'source-unsupported',
      `A source in ${names[format] ?? format.toUpperCase()} needs ${tool.programs[0]} (Debian: apt install ${tool.package})`,
    )
  if (how === 'late') return new Failure('late', 'The source took too long to decode.', { cause })
  if (how === 'large')
    return new Failure('too-costly', 'The source has too many pixels to decode.', { cause })
  return broken(cause)
}
