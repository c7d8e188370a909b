// Sources that no library of ours decodes, by a program of the machine: it makes a PNG of them, within bounds, and sees
// nothing of our environment.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sharp, SharpOptions } from 'sharp'
import { Failure } from '../../errors.ts'
import { type ProgramEnd, runProgram } from '../../work/program.ts'
import type { Facts, SourceFormat } from '../facts.ts'
import { sharp } from '../pixels/sharp.ts'

interface Tool {
  /** The same program under its old and its new name. */
  readonly programs: readonly string[]
  /** Debian's. */
  readonly package: string
  readonly args: (from: string, to: string) => readonly string[]
}

const tools: Readonly<Partial<Record<SourceFormat, Tool>>> = {
  heic: {
    programs: ['heif-convert', 'heif-dec'],
    package: 'libheif-examples',
    args: (from, to) => [from, to],
  },
}

export const isOutside = ({ format }: Facts): boolean => format in tools

const bounds = { timeoutMs: 20_000, memoryBytes: 2 * 2 ** 30, fileBytes: 512 * 2 ** 20 }

/** Fails with 'source-unsupported' that says what to install, 'source-broken' or 'late'. */
export async function fromOutside(bytes: Uint8Array, facts: Facts, options: SharpOptions): Promise<Sharp> {
  const tool = tools[facts.format]
  if (!tool) throw new RangeError(`no program reads ${facts.format}`)
  const folder = await mkdtemp(join(tmpdir(), 'halftone-decode-'))
  try {
    const from = join(folder, `source.${facts.format}`)
    await writeFile(from, bytes)
    const end = await decode(tool, from, join(folder, 'made.png'))
    if (end.how !== 'done') throw failureOf(end, facts, tool)
    const image = sharp(await made(folder), options)
    const { width, height } = await image.metadata()
    if (width !== facts.width || height !== facts.height) throw broken()
    return image
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function decode({ programs, args }: Tool, from: string, to: string): Promise<ProgramEnd> {
  const [program = '', ...others] = programs
  const end = await runProgram({ program, args: args(from, to), bounds, isApart: true })
  if (end.how !== 'missing' || others.length === 0) return end
  return decode({ programs: others, args, package: '' }, from, to)
}

/** Of a file of several pictures, they are numbered. */
async function made(folder: string): Promise<Buffer> {
  for (const name of ['made.png', 'made-1.png'])
    try {
      return await readFile(join(folder, name))
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    }
  throw broken()
}

const broken = (cause?: Error): Failure =>
  new Failure('source-broken', 'The source is damaged: its pixels cannot be decoded.', { cause })

function failureOf({ how, errors }: ProgramEnd, { format }: Facts, tool: Tool): Failure {
  const cause = new Error(errors)
  if (how === 'missing')
    return new Failure(
      'source-unsupported',
      `A source in ${format.toUpperCase()} needs ${tool.programs[0]} (Debian: apt install ${tool.package})`,
    )
  if (how === 'late') return new Failure('late', 'The source took too long to decode.', { cause })
  if (how === 'large')
    return new Failure('too-costly', 'The source has too many pixels to decode.', { cause })
  return broken(cause)
}
