// Ids that sort by time (UUID version 7, RFC 9562 5.7): rows go to the end of every index, and a page needs no other order.
import { randomBytes } from 'node:crypto'

/**
 * Of that time, and random in all the 74 bits beside it: for what only those may reach who were told its id. Those of one
 * millisecond are in no order.
 */
export function newId(time: number, random: Buffer = randomBytes(10)): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(time, 0, 6)
  random.copy(bytes, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return formatId(bytes)
}

/** The id of a row that is written now: greater than all before it. */
export type NextId = (now: number) => string

const highestCount = 0xfff

/**
 * A counter where others are random (RFC 9562 6.2, method 1); the 62 bits behind it are random in each id. A clock that
 * stepped back is waited for, and a millisecond that is used up is left: the time in an id may run ahead, its order holds.
 */
export function createIds(random: (size: number) => Buffer = randomBytes): NextId {
  let time = Number.NEGATIVE_INFINITY
  let count = 0
  return (now) => {
    const bits = random(10)
    if (now <= time && count < highestCount) count += 1
    else {
      time = Math.max(now, time + 1)
      // The upper half is left free, so that a millisecond lasts for 2,048 at least.
      count = bits.readUInt16BE(0) & (highestCount >> 1)
    }
    bits.writeUInt16BE(count, 0)
    return newId(time, bits)
  }
}

/** The smallest id of that millisecond, so that a time window is a window of ids. */
export const firstIdAt = (time: number): string => newId(Math.max(0, Math.ceil(time)), Buffer.alloc(10))

export const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

function formatId(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
