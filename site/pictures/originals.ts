// Originals that something is being made of: whoever makes it gets their bytes from here, and fetches nothing.

/** Undefined where they are gone. */
export type ReadOriginal = () => Promise<Buffer | undefined>

export interface Originals {
  /** Undefined where no more may be lent; the returned function ends the loan. `bytes`: its length. */
  lend(digest: string, bytes: number, read: ReadOriginal): (() => void) | undefined
  find(digest: string): ReadOriginal | undefined
}

interface Loan {
  readonly bytes: number
  readonly read: ReadOriginal
  borrowers: number
}

/** `maxBytes`: of all originals that are lent at once. */
export function createOriginals({ maxBytes }: { readonly maxBytes: number }): Originals {
  const loans = new Map<string, Loan>()
  let lent = 0

  function end(digest: string): void {
    const loan = loans.get(digest)
    if (loan === undefined || --loan.borrowers > 0) return
    loans.delete(digest)
    lent -= loan.bytes
  }

  return {
    lend(digest, bytes, read) {
      const loan = loans.get(digest)
      if (loan === undefined && lent + bytes > maxBytes) return undefined
      if (loan) loan.borrowers++
      else {
        lent += bytes
        loans.set(digest, { bytes, read, borrowers: 1 })
      }
      let isOver = false
      return () => {
        if (!isOver) end(digest)
        isOver = true
      }
    },
    find: (digest) => loans.get(digest)?.read,
  }
}
