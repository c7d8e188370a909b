// Source bytes handed to a child process: small ones with the order, large ones as a file that the child reads. A file
// costs one write and one read through the page cache; the channel between processes would copy the bytes four times.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type HandedOver = Uint8Array | { readonly file: string }

export interface Loan {
  readonly source: HandedOver
  /** The child has read it. */
  giveBack(): void
}

export interface Handover {
  lend(bytes: Uint8Array): Promise<Loan>
  close(): void
}

/** Bytes up to which the channel is cheaper. */
const mostInline = 128 * 1024

/** Milliseconds a file is kept for another order: all sizes of one picture are asked for together. */
const lingerMs = 2000

interface Lent {
  readonly file: string
  readonly written: Promise<boolean>
  users: number
  leaving?: NodeJS.Timeout
}

/** Without `folder` in one of its own among the system's temporary files. What lay in `folder` before is removed. */
export function createHandover(folder?: string): Handover {
  const lent = new Map<Uint8Array, Lent>()
  let home = ''
  let files = 0

  function place(): string {
    if (home === '')
      home = folder === undefined ? mkdtempSync(join(tmpdir(), 'halftone-work-')) : emptied(folder)
    return home
  }

  function write(bytes: Uint8Array): Lent {
    const file = join(place(), String(files++))
    // A disk that is full only means that the channel carries the bytes.
    const written = writeFile(file, bytes).then(
      () => true,
      () => false,
    )
    const loan = { file, written, users: 0 }
    lent.set(bytes, loan)
    return loan
  }

  function forget(bytes: Uint8Array, { file }: Lent): void {
    lent.delete(bytes)
    unlink(file).catch(() => {})
  }

  return {
    async lend(bytes) {
      if (bytes.length <= mostInline) return { source: bytes, giveBack: () => {} }
      const loan = lent.get(bytes) ?? write(bytes)
      clearTimeout(loan.leaving)
      loan.users++
      const isThere = await loan.written
      return {
        source: isThere ? { file: loan.file } : bytes,
        giveBack() {
          loan.users--
          if (loan.users > 0) return
          if (!isThere) forget(bytes, loan)
          else loan.leaving = setTimeout(() => forget(bytes, loan), lingerMs).unref()
        },
      }
    },
    close() {
      for (const { leaving } of lent.values()) clearTimeout(leaving)
      lent.clear()
      if (home !== '') rmSync(home, { recursive: true, force: true })
      home = ''
    },
  }
}

function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
