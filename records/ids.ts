// Ids that sort by time (UUID version 7, RFC 9562 5.7): rows go to the end of every index, and a page needs no other order.
import { randomBytes } from 'node:crypto'

export function newId(now: number, random: Buffer = randomBytes(10)): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(now, 0, 6)
  random.copy(bytes, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return written(bytes)
}

/** The smallest id of that millisecond, so that a time window is a window of ids. */
export const firstIdAt = (time: number): string => newId(Math.max(0, Math.ceil(time)), Buffer.alloc(10))

export const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

function written(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
