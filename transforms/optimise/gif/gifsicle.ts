// Runs Gifsicle (GPL-2), where the machine has it, as a separate program over pipes. It is killed when it takes too long.
import { spawn } from 'node:child_process'
import { Failure } from '../../../errors.ts'
import { Declined, noTimeVerdict } from '../smallest-candidate.ts'

export interface GifsicleBounds {
  /** From `performance.now()`. */
  readonly endsAt: number
  /** Larger output is of no use to the caller, so the program is stopped there. */
  readonly maxBytes: number
}

/** The longest delay of a timer in milliseconds: Node runs a longer one at once. */
const longestMs = 2 ** 31 - 1

/** Undefined until the first run. The answer stays, as a machine does not lose a program while we run. */
let installed: boolean | undefined

/**
 * Gifsicle's output. Fails with 'source-unsupported' where it is not installed, and is `Declined` where time runs out.
 */
export async function runGifsicle(
  gif: Uint8Array,
  options: readonly string[],
  bounds: GifsicleBounds,
): Promise<Buffer> {
  if (installed === false) throw reportMissing()
  const leftMs = Math.ceil(bounds.endsAt - performance.now())
  if (leftMs <= 0) throw new Declined(noTimeVerdict)
  const quiet = ['--no-warnings', '--no-ignore-errors', '--no-comments', '--no-names', '--no-extensions']
  const program = spawn('gifsicle', [...options, ...quiet, '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let isLate = false
  const stop = () => {
    isLate = true
    program.kill('SIGKILL')
  }
  const timer = setTimeout(stop, Math.min(leftMs, longestMs))
  const ended = new Promise<number | null>((resolve, reject) => {
    program.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') installed = false
      reject(cause.code === 'ENOENT' ? reportMissing() : cause)
    })
    program.once('close', resolve)
  })
  // A program that ends early closes the pipe; its exit code says why, so the pipe's error is ignored. A program that could
  // not start, as when this process has too many open files, has no pipes.
  program.stdin?.on('error', () => {})
  program.stdin?.end(gif)
  const made = Promise.all([collect(program, bounds.maxBytes), ended])
  const [parts, code] = await made.finally(() => clearTimeout(timer))
  installed = true
  if (code === null && isLate) throw new Declined(noTimeVerdict)
  if (code !== 0 || parts.length === 0)
    throw new Failure('source-broken', 'Gifsicle could not finish this picture.')
  return Buffer.concat(parts)
}

async function collect(program: ReturnType<typeof spawn>, maxBytes: number): Promise<Buffer[]> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of program.stdout ?? []) {
    length += part.length
    if (length > maxBytes) program.kill('SIGKILL')
    else parts.push(part)
  }
  return parts
}

const reportMissing = (): Failure =>
  new Failure('source-unsupported', 'Gifsicle is not installed on this machine.')
