// Numbers that are not made of whole bytes, the least significant bit first (ISO/IEC 18181-1 9.2.1).
import { u8 } from './bytes.ts'

export interface BitReader {
  /** The next `count` bits, 32 at most. Fails with 'source-broken' behind the end. */
  bits(count: number): number
  flag(): boolean
  /** One of four kinds of number, told by two bits: plus so much, so many bits of it. */
  choice(...kinds: readonly (readonly [plus: number, bits: number])[]): number
}

export function bitsOf(bytes: Uint8Array): BitReader {
  let at = 0
  function bits(count: number): number {
    let value = 0
    for (let n = 0; n < count; n++, at++) value += ((u8(bytes, at >> 3) >> (at & 7)) & 1) * 2 ** n
    return value
  }
  return {
    bits,
    flag: () => bits(1) === 1,
    choice(...kinds) {
      const [plus, count] = kinds[bits(2)] ?? [0, 0]
      return plus + bits(count)
    },
  }
}
