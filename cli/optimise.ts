// `halftone optimise FILE...`: pictures on disk made smaller, each by the same optimiser that the server uses.
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { asFailure, Failure } from '../errors.ts'
import { type Optimised, type OptimiseRequest, optimise } from '../transforms/optimise/index.ts'
import { defaultLimits } from '../transforms/price.ts'
import { requestOf, type WrittenOptions } from './optimise-options.ts'
import { type FileOutcome, line, summary } from './optimise-table.ts'

interface CommandOptions extends WrittenOptions {
  readonly out?: string
  readonly inPlace?: boolean
  readonly json?: boolean
}

/** Encoders work on threads of their own; more pictures at once only take memory. */
const atOnce = Math.min(4, availableParallelism())
const extensions: Readonly<Record<Optimised['format'], readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg', '.jpe'],
  png: ['.png', '.apng'],
  gif: ['.gif'],
  webp: ['.webp'],
  avif: ['.avif'],
  svg: ['.svg', '.svgz'],
}

/** Prints a line for each file as it is done, in JSON one document at the end. The exit code is 1 when any failed. */
export async function optimiseFiles(files: readonly string[], options: CommandOptions): Promise<void> {
  const request = requestOf(options)
  if (options.out) await mkdir(options.out, { recursive: true })
  // Nothing is written over a source, nor over another result of this run.
  const taken = new Set(await Promise.all(files.map(realPlace)))
  const outcomes = await inTurn(files, async (file) => {
    const outcome = await optimiseFile(file, { request, options, taken })
    if (!options.json) console.log(line(outcome))
    return outcome
  })
  console.log(options.json ? JSON.stringify(outcomes.map(asJson), null, 2) : summary(outcomes))
  if (outcomes.some((outcome) => 'fault' in outcome)) process.exitCode = 1
}

/** Links are followed, so that two paths to one file count as one. */
async function realPlace(file: string): Promise<string> {
  const folder = resolve(dirname(file))
  return join(await realpath(folder).catch(() => folder), basename(file))
}

async function inTurn<T>(files: readonly string[], work: (file: string) => Promise<T>): Promise<T[]> {
  const made: T[] = new Array(files.length)
  const waiting = [...files.entries()]
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) made[next[0]] = await work(next[1])
  })
  await Promise.all(workers)
  return made
}

interface OptimiseJob {
  readonly request: OptimiseRequest
  readonly options: CommandOptions
  readonly taken: Set<string>
}

async function optimiseFile(file: string, { request, options, taken }: OptimiseJob): Promise<FileOutcome> {
  try {
    const source = await read(file)
    const optimised = await optimise(source, request)
    const to = placeFor(file, optimised, options)
    await claim(to, file, taken)
    // In place there is nothing to do for a file that stays as it is.
    if (!(options.inPlace && optimised.body === source)) await write(to, optimised.body, file)
    return { file, to, optimised }
  } catch (thrown) {
    return { file, fault: faultOf(thrown) }
  }
}

async function claim(to: string, file: string, taken: Set<string>): Promise<void> {
  if (to === file) return // in place
  const place = await realPlace(to)
  if (taken.has(place)) throw new Failure('bad-option', `'${to}' is another file of this run; use --out.`)
  taken.add(place)
}

async function read(file: string): Promise<Buffer> {
  const found = await stat(file)
  if (!found.isFile()) throw new Failure('source-missing', 'It is not a file.')
  if (found.size > defaultLimits.maxSourceBytes)
    throw new Failure('source-too-large', 'The file is too large.')
  return readFile(file)
}

/** The source's own name where the format stays, `.opt` in it where it would be the same file. */
function placeFor(file: string, { format }: Optimised, { out, inPlace }: CommandOptions): string {
  const written = extname(file)
  const known = extensions[format].includes(written.toLowerCase())
  const extension = known ? written : (extensions[format][0] ?? '')
  const name = basename(file, written)
  if (inPlace && known) return file
  const folder = out ?? dirname(file)
  const elsewhere = out !== undefined && resolve(out) !== resolve(dirname(file))
  return join(folder, elsewhere ? name + extension : `${name}.opt${extension}`)
}

/** Whole or not at all: written beside its place and renamed into it. A rename would replace a link, so none is touched. */
async function write(to: string, body: Uint8Array, source: string): Promise<void> {
  const existing = await lstat(to).catch(() => undefined)
  if (existing && !existing.isFile())
    throw new Failure('forbidden-address', `'${to}' is there and is not a file.`)
  const { mode } = await stat(source)
  const part = join(dirname(to), `.${basename(to)}.${randomUUID()}.part`)
  try {
    await writeFile(part, body, { mode: mode & 0o777, flag: 'wx' })
    await rename(part, to)
  } finally {
    await rm(part, { force: true })
  }
}

function faultOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOENT') return 'There is no such file.'
  if (code === 'EACCES' || code === 'EPERM') return 'It may not be read or written.'
  const failure = asFailure(thrown)
  if (failure.kind !== 'internal') return failure.message
  return thrown instanceof Error ? thrown.message : failure.message
}

function asJson(outcome: FileOutcome): Record<string, unknown> {
  if ('fault' in outcome) return outcome
  const { file, to, optimised } = outcome
  const { score, ...report } = optimised.report
  return {
    ...{ file, to, format: optimised.format, ...report },
    // As the API tells it: the judge's own noise is larger.
    ...(score !== undefined && { score: Math.round(score * 100) / 100 }),
  }
}
