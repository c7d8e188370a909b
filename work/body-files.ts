// Which bodies lie in a file already, so that one process writes each of them once. A picture is kept by the shield and among
// the results, a source by its cache and for the child that reads it: whoever comes second links the file of the first.
import type { BigIntStats } from 'node:fs'

/** The file begins with the body. Behind it each cache that keeps it writes its own label. */
export interface BodyFile {
  readonly path: string
  /** Tells the file from another that was put in its place since; undefined where the file system cannot. */
  readonly identity: string | undefined
  /** Of the file, by now. */
  bytes: number
  labels: number
  /** CRC-32 of the body, once somebody has computed it. */
  checksum?: number
  /** Told when the file has grown by another's label. */
  readonly grown: ((from: number, to: number) => void)[]
}

export interface BodyFiles {
  /**
   * The file of this very buffer, once it is written, or undefined if it could not be. Undefined at once where nobody has
   * begun to: who then begins, and adds that before it waits for anything, is the only one.
   */
  find(body: Uint8Array): Promise<BodyFile | undefined> | undefined
  /** `writing` settles when the file is there, and to undefined where it could not be written. */
  add(body: Uint8Array, writing: Promise<BodyFile | undefined>): void
}

/** One for each process. */
export function createBodyFiles(): BodyFiles {
  // By the buffer itself: no body needs to be compared or digested, and what memory has let go of is forgotten here.
  const files = new WeakMap<Uint8Array, Promise<BodyFile | undefined>>()
  return {
    find: (body) => files.get(body),
    // Empty answers are one buffer of the program.
    add: (body, writing) => void (body.length > 0 && files.set(body, writing)),
  }
}

/** The number of a file that is gone is given to a new one, so the moment of its making counts too. */
export const identityOf = ({ dev, ino, birthtimeNs }: BigIntStats): string | undefined =>
  birthtimeNs > 0n ? `${dev}-${ino}-${birthtimeNs}` : undefined

/** Whether this is the body's file still: caches replace files, and other processes may share their folders. */
export const isSameFile = ({ identity }: BodyFile, stats: BigIntStats): boolean =>
  identity !== undefined && identity === identityOf(stats)
