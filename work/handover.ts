// Hands bytes to a child process: few together with the order, many as a file.
//
// A file costs one write and one read through the page cache; the channel between processes would copy the bytes four
// times. A file is kept for later orders, so that the next order for the same source need not read the source again.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type HandedOver = Uint8Array | { readonly file: string }

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
  /** Bytes of files that nobody uses just now. */
  readonly maxBytes?: number
}

/** Bytes up to which the channel is cheaper. */
const mostInline = 128 * 1024

const usualBytes = 256e6

interface Lent {
  readonly file: string
  readonly bytes: number
  /** Whether the file was written. On a full disk it is not, and the channel carries the bytes. */
  readonly written: Promise<boolean>
  users: number
}

export function createHandover({ folder, maxBytes = usualBytes }: HandoverOptions = {}): Handover {
  /** The one used last is last. */
  const lent = new Map<string, Lent>()
  const home = createHome(folder)
  let files = 0
  let held = 0

  function write(key: string, bytes: Uint8Array): Lent {
    const file = join(home.path(), String(files++))
    const loan = { file, bytes: bytes.length, written: tryWrite(file, bytes), users: 0 }
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
    if (await loan.written) return { handed: { file: loan.file }, giveBack }
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
      return (await take(key, lent.get(key) ?? write(key, bytes))) ?? inline(bytes)
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

const tryWrite = (file: string, bytes: Uint8Array): Promise<boolean> =>
  writeFile(file, bytes).then(
    () => true,
    () => false,
  )

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
