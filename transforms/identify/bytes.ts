// Reading numbers and marks out of a header: every read is bounded, and a header that ends too early says so.
import { Failure } from '../../errors.ts'

export function broken(what: string): Failure {
  return new Failure('source-broken', `The source is damaged: ${what}.`)
}

export function u8(bytes: Uint8Array, at: number): number {
  const value = bytes[at]
  if (value === undefined) throw broken('its header ends too early')
  return value
}

export const u16be = (bytes: Uint8Array, at: number): number => (u8(bytes, at) << 8) | u8(bytes, at + 1)
export const u16le = (bytes: Uint8Array, at: number): number => u8(bytes, at) | (u8(bytes, at + 1) << 8)
export const u24le = (bytes: Uint8Array, at: number): number => u16le(bytes, at) | (u8(bytes, at + 2) << 16)
export const u32be = (bytes: Uint8Array, at: number): number =>
  u16be(bytes, at) * 0x10000 + u16be(bytes, at + 2)
export const u32le = (bytes: Uint8Array, at: number): number =>
  u16le(bytes, at) + u16le(bytes, at + 2) * 0x10000

/** `length` bytes as Latin-1 text; shorter where the bytes end. */
export function text(bytes: Uint8Array, at: number, length: number): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return all.toString('latin1', Math.min(at, bytes.length), Math.min(at + length, bytes.length))
}

export const has = (bytes: Uint8Array, at: number, mark: string): boolean =>
  text(bytes, at, mark.length) === mark
