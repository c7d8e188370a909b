// What stages have left for others: a bounded amount, for a moment. Whoever comes while a piece is being made waits for it.
//
// Threads share its memory, so no garbage collector of one of them alone can free it. It is used again for the next piece.
import type { Pixels } from '../../pixels/run.ts'

/** Is not written over until it is given back. */
export interface LentPiece {
  readonly pixels: Pixels
  giveBack(): void
}

export interface Pieces {
  /** The piece under this key, where there is one or it is being made; undefined if making it failed. */
  find(key: string): Promise<LentPiece | undefined> | undefined
  /** Keeps what `make` makes in the memory that it is handed. Undefined where that failed, or there is no room. */
  add(key: string, bytes: number, make: MakePiece): Promise<LentPiece | undefined>
  /** Nobody else will want it. */
  drop(key: string): void
}

export type MakePiece = (memory: SharedArrayBuffer) => Promise<Pixels | undefined>

export interface PiecesOptions {
  /** Of all memory that is not given back to the system. */
  readonly maxBytes: number
  /** Milliseconds without a use until every piece goes; its memory stays five times as long. */
  readonly idleMs: number
}

interface Piece {
  readonly memory: SharedArrayBuffer
  readonly made: Promise<Pixels | undefined>
  users: number
}

export function createPieces({ maxBytes, idleMs }: PiecesOptions): Pieces {
  /** The one used last is last. */
  const pieces = new Map<string, Piece>()
  const memories = createMemories(maxBytes)
  const idle = setTimeout(() => {
    for (const [key, { users }] of pieces) if (users === 0) drop(key)
  }, idleMs).unref()
  // Later: only a collection of every thread gives it back to the system, and until then the next page would take more.
  const longIdle = setTimeout(memories.forget, idleMs * 5).unref()

  function drop(key: string): void {
    const piece = pieces.get(key)
    pieces.delete(key)
    if (piece?.users === 0) memories.giveBack(piece.memory)
  }

  async function lend(key: string, piece: Piece): Promise<LentPiece | undefined> {
    idle.refresh()
    longIdle.refresh()
    piece.users++
    pieces.delete(key)
    pieces.set(key, piece)
    const pixels = await piece.made
    const giveBack = (): void => {
      piece.users--
      if (piece.users === 0 && pieces.get(key) !== piece) memories.giveBack(piece.memory)
    }
    if (pixels) return { pixels, giveBack }
    if (pieces.get(key) === piece) pieces.delete(key)
    giveBack()
    return undefined
  }

  /** The least used goes first. */
  function takeMemory(bytes: number): SharedArrayBuffer | undefined {
    let memory = memories.take(bytes)
    for (const [key, { users }] of pieces) {
      if (memory) return memory
      if (users > 0) continue
      drop(key)
      memory = memories.take(bytes)
    }
    return memory
  }

  return {
    find(key) {
      const piece = pieces.get(key)
      return piece && lend(key, piece)
    },
    async add(key, bytes, make) {
      const memory = takeMemory(bytes)
      if (!memory) return undefined
      const made = make(memory).catch(() => undefined)
      return lend(key, { memory, made, users: 0 })
    },
    drop,
  }
}

/** Memory that is used again where it fits. */
function createMemories(maxBytes: number) {
  let free: SharedArrayBuffer[] = []
  let held = 0

  function forgetOne(): boolean {
    const memory = free.shift()
    held -= memory?.byteLength ?? 0
    return memory !== undefined
  }

  return {
    take(bytes: number): SharedArrayBuffer | undefined {
      const fitting = free.find(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 1.5)
      if (fitting) {
        free = free.filter((each) => each !== fitting)
        return fitting
      }
      while (held + bytes > maxBytes) if (!forgetOne()) return undefined
      held += bytes
      return new SharedArrayBuffer(bytes)
    },
    giveBack: (memory: SharedArrayBuffer): void => void free.push(memory),
    forget(): void {
      while (forgetOne());
    },
  }
}
