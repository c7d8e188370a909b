// Hands bytes to a child process: few together with the order, many as a file.
//
// A file costs one write, or none where a cache has written the bytes, and one read through the page cache; the channel between processes would copy the bytes four
// times. A file is kept for later orders, so that the next order for the same source need not read the source again.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { link, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BodyFile, type BodyFiles, createBodyFiles, identityOf, isSameFile } from './body-files.ts'

/** Of the file only so many bytes: a cache may write behind them what it knows of them. */
export type HandedOver = Uint8Array | { readonly file: string; readonly bytes: number }

export interface Loan {
  readonly handed: HandedOver
  /** The order is answered: the file may go. */
  giveBack(): void
}

export interface Handover {
  /** The file of earlier bytes under this key. */
  find(key: string): Promise<Loan | undefined>
  /** `key` tells the bytes from all others. */
  lend(key: string, bytes: Uint8Array): Promise<Loan>
  /** Lets go of the file as soon as nobody uses it. */
  forget(key: string): void
  close(): void
}

export interface HandoverOptions {
  /** Emptied at the first use. Without it, a folder of its own among the system's temporary files. */
  readonly folder?: string | undefined
  /** Shared with caches in this process that write the same bytes. */
  readonly bodies?: BodyFiles
  /** Bytes of files that nobody uses just now. */
  readonly maxBytes?: number
}

/** Bytes up to which the channel is cheaper. */
export const mostInline = 128 * 1024

const usualBytes = 256e6

interface Lent {
  readonly file: string
  readonly bytes: number
  /** Whether the file was written. On a full disk it is not, and the channel carries the bytes. */
  readonly written: Promise<boolean>
  users: number
}

export function createHandover(options: HandoverOptions = {}): Handover {
  const { folder, maxBytes = usualBytes, bodies = createBodyFiles() } = options
  /** The one used last is last. */
  const lent = new Map<string, Lent>()
  const home = createHome(folder)
  let files = 0
  let held = 0

  function add(key: string, bytes: Uint8Array): Lent {
    const file = join(home.path(), String(files++))
    const loan = { file, bytes: bytes.length, written: tryWrite(file, bytes, bodies), users: 0 }
    lent.set(key, loan)
    held += bytes.length
    return loan
  }

  function drop(key: string, { file, bytes }: Lent): void {
    lent.delete(key)
    held -= bytes
    unlink(file).catch(() => {})
  }

  /** The least used go first. */
  function tidy(): void {
    for (const [key, loan] of lent) {
      if (held <= maxBytes) return
      if (loan.users === 0) drop(key, loan)
    }
  }

  async function take(key: string, loan: Lent): Promise<Loan | undefined> {
    loan.users++
    moveToEnd(lent, key, loan)
    const giveBack = once(() => {
      loan.users--
      tidy()
    })
    if (await loan.written) return { handed: { file: loan.file, bytes: loan.bytes }, giveBack }
    giveBack()
    if (lent.get(key) === loan) drop(key, loan)
    return undefined
  }

  return {
    async find(key) {
      const known = lent.get(key)
      return known && take(key, known)
    },
    async lend(key, bytes) {
      if (bytes.length <= mostInline) return inline(bytes)
      return (await take(key, lent.get(key) ?? add(key, bytes))) ?? inline(bytes)
    },
    forget(key) {
      const loan = lent.get(key)
      if (loan?.users === 0) drop(key, loan)
    },
    close() {
      lent.clear()
      held = 0
      home.remove()
    },
  }
}

const inline = (bytes: Uint8Array): Loan => ({ handed: bytes, giveBack: () => {} })

function moveToEnd<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
}

async function tryWrite(file: string, bytes: Uint8Array, bodies: BodyFiles): Promise<boolean> {
  const written = bodies.find(bytes)
  const known = written && (await written)
  if (known && (await tryLink(known, file))) return true
  const writing = write(file, bytes).catch(() => undefined)
  bodies.add(bytes, writing)
  return (await writing) !== undefined
}

async function tryLink(known: BodyFile, file: string): Promise<boolean> {
  try {
    await link(known.path, file)
    if (isSameFile(known, await stat(file, { bigint: true }))) return true
    await unlink(file)
  } catch {
    // Evicted since, or on another file system.
  }
  return false
}

async function write(file: string, bytes: Uint8Array): Promise<BodyFile> {
  await writeFile(file, bytes)
  const identity = identityOf(await stat(file, { bigint: true }))
  return { path: file, identity, bytes: bytes.length, labels: 0, grown: [] }
}

function once(run: () => void): () => void {
  let hasRun = false
  return () => {
    if (!hasRun) run()
    hasRun = true
  }
}

/** The folder of the files, made when the first one is written. */
function createHome(folder: string | undefined) {
  let path = ''
  return {
    path(): string {
      if (path === '')
        path = folder === undefined ? mkdtempSync(join(tmpdir(), 'halftone-work-')) : emptyFolder(folder)
      return path
    },
    remove(): void {
      if (path !== '') rmSync(path, { recursive: true, force: true })
      path = ''
    },
  }
}

function emptyFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
