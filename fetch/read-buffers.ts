// Buffers that sockets read into. A body that only passes through would otherwise cost a new buffer for every read, and
// making and collecting those takes more time than all the rest of passing it on.
import type { OnReadOpts, Socket } from 'node:net'

/** What a connection reads at once while much comes. */
const largeBytes = 256 * 1024
/** What it holds while little comes: most connections are idle. */
const smallBytes = 16 * 1024
/** Large buffers that wait to be used again. */
const mostWaiting = 64

const waiting: Buffer[] = []

/** Bytes of large buffers that nobody has given back yet. */
const lent = new WeakMap<ArrayBufferLike, number>()

/**
 * Takes a chunk back whose bytes nobody will look at again: they will be overwritten. What is not given back, or not from
 * here, is collected like anything else.
 */
export function giveBack({ buffer, length }: Buffer): void {
  const left = lent.get(buffer)
  if (left === undefined) return
  // Other parts of the same buffer may still be on their way.
  lent.set(buffer, left - length)
  if (left > length) return
  lent.delete(buffer)
  if (waiting.length < mostWaiting) waiting.push(Buffer.from(buffer as ArrayBuffer))
}

/** For `net.connect` of one connection: what it receives can be read from its stream, as usual. */
export function readInto(): OnReadOpts {
  const small: Buffer = Buffer.allocUnsafeSlow(smallBytes)
  let current: Buffer = small
  return {
    buffer: () => current,
    callback(this: Socket, bytes: number) {
      const received = current.subarray(0, bytes)
      const isMuch = bytes >= smallBytes
      if (current === small || !isMuch) {
        // A few bytes would keep a large buffer.
        const chunk = Buffer.from(received)
        if (isMuch) current = waiting.pop() ?? Buffer.allocUnsafeSlow(largeBytes)
        else if (current !== small) current = idle(current)
        return this.push(chunk)
      }
      lent.set(current.buffer, bytes)
      current = waiting.pop() ?? Buffer.allocUnsafeSlow(largeBytes)
      return this.push(received)
    },
  } as OnReadOpts

  function idle(large: Buffer): Buffer {
    if (waiting.length < mostWaiting) waiting.push(large)
    return small
  }
}
