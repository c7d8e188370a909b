// Runs another program that is installed on the machine, within bounds: it is killed when it takes too long, and the
// system ends it when it takes too much memory, CPU or disk.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface ProgramBounds {
  /** Milliseconds until it is killed; also its CPU time, in whole seconds. */
  readonly timeoutMs: number
  /** Of its address space. */
  readonly memoryBytes: number
  /** Of the largest file that it writes. */
  readonly fileBytes: number
}

export interface ProgramRun {
  /** Its name on PATH, or its path. */
  readonly program: string
  readonly args: readonly string[]
  /** What it reads on its standard input; taken up as fast as it reads. */
  readonly input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  readonly bounds: ProgramBounds
  /** It works on what strangers sent: nothing of our environment, where secrets are, but the usual ways to programs. */
  readonly isApart?: boolean
}

export interface ProgramEnd {
  /** `large` where it wrote more than it may, `failed` for any other code but 0. */
  readonly how: 'done' | 'missing' | 'late' | 'large' | 'failed'
  /** The beginning of what it printed; 256 KiB at most. */
  readonly output: string
  /** The beginning of its complaints; 4 KiB at most. */
  readonly errors: string
}

/** Linux has it; elsewhere time alone is bounded. */
const limiter = '/usr/bin/prlimit'
/** What prlimit and shells say of a program that is not there. */
const notFound = 127
const mostOutput = 256 * 1024
const mostErrors = 4096

/** Settles when the program has ended; rejects only where the system starts no more programs. */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const child = start(run)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, run.bounds.timeoutMs)
  const ended = endOf(child)
  try {
    const [output, errors, end] = await Promise.all([
      beginning(child.stdout, mostOutput),
      beginning(child.stderr, mostErrors),
      ended,
      feed(child, run.input),
    ])
    return { how: isLate ? 'late' : howEnded(end), output, errors }
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

const apart = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' } as const

function start({ program, args, bounds, isApart }: ProgramRun): ChildProcess {
  const options = { stdio: 'pipe', ...(isApart && { env: apart }) } as const
  if (!existsSync(limiter)) return spawn(program, args, options)
  const limits = [
    `--as=${bounds.memoryBytes}`,
    `--cpu=${Math.ceil(bounds.timeoutMs / 1000) + 1}`,
    `--fsize=${bounds.fileBytes}`,
    '--core=0',
  ]
  return spawn(limiter, [...limits, '--', program, ...args], options)
}

interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'EACCES') resolve({ code: notFound, signal: null })
      else reject(cause)
    })
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

function howEnded({ code, signal }: End): ProgramEnd['how'] {
  if (code === 0) return 'done'
  if (code === notFound || code === 126) return 'missing'
  if (signal === 'SIGXCPU' || signal === 'SIGKILL') return 'late'
  return signal === 'SIGXFSZ' ? 'large' : 'failed'
}

/** A program that ends early closes the pipe. How it ended says why, so the pipe's own error is of no interest. */
async function feed({ stdin }: ChildProcess, input: ProgramRun['input']): Promise<void> {
  if (!stdin) return
  await pipeline(Readable.from(input ?? [], { objectMode: true, highWaterMark: 1 }), stdin).catch(() => {})
}

/** All of it is read, or the program would wait. */
async function beginning(stream: Readable | null, most: number): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of stream ?? []) {
      if (length < most) parts.push(part)
      length += part.length
    }
  } catch {
    // The pipe of a program that was killed.
  }
  return Buffer.concat(parts).subarray(0, most).toString('utf8')
}
