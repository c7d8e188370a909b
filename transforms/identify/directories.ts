// Directories of TIFF (TIFF 6.0 section 2), in which TIFF files and EXIF blocks keep their fields. Pure, and never throws:
// a directory or a value outside the block is as if it were not there.
import { has, u8, u16be, u16le, u32be, u32le } from './bytes.ts'

export interface Entry {
  readonly tag: number
  readonly type: number
  /** How many values there should be. */
  readonly count: number
  /** The values in the block's byte order, as far as they lie in the block. */
  readonly value: Uint8Array
}

export interface Directory {
  /** In the order in which they are stored; the first of a tag counts. */
  readonly entries: readonly Entry[]
  /** Whether all of its entries lie in the block. */
  readonly isWhole: boolean
}

export interface TiffBlock {
  readonly little: boolean
  /** 42, or 43 in a BigTIFF file. */
  readonly version: number
  /** Where the first directory stands; 0 where there is none. */
  readonly first: number
  /** Whether a directory can begin at `place`. */
  holds(place: number): boolean
  /** Undefined where not even its number of entries lies in the block. */
  directoryAt(place: number): Directory | undefined
  /** The place of the directory behind that at `place`; 0 where there is none. */
  nextOf(place: number): number
  /** The first value of an entry; a RATIONAL is divided. Undefined for text, floats and what lies outside the block. */
  numberOf(entry: Entry | undefined): number | undefined
}

/** Types of values that are asked for by name (TIFF 6.0 section 2). */
export const types = { short: 3, long: 4, rational: 5 } as const
/** Bytes of one value by type; 13 is the place of a directory, and 0 stands for a type that nobody knows. */
const sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
/** libtiff reads no more either. */
export const mostEntries = 4096
const entryBytes = 12

/** `block` begins at the byte-order mark ("II" or "MM"). Undefined without such a mark. */
export function openTiff(block: Uint8Array): TiffBlock | undefined {
  const little = has(block, 0, 'II')
  if (block.length < 8 || !(little || has(block, 0, 'MM'))) return undefined
  const u16 = (bytes: Uint8Array, at: number) => (little ? u16le : u16be)(bytes, at)
  const u32 = (bytes: Uint8Array, at: number) => (little ? u32le : u32be)(bytes, at)
  /** A number below zero has no use where one is read, so a signed type is read like its unsigned one. */
  const numbers: Readonly<Record<number, (bytes: Uint8Array, at: number) => number>> = {
    ...{ 1: u8, 3: u16, 4: u32 },
    ...{ 6: u8, 8: u16, 9: u32, 13: u32 },
  }
  const countAt = (place: number) =>
    Number.isInteger(place) && place + 2 <= block.length ? u16(block, place) : undefined

  function entryAt(at: number): Entry {
    const type = u16(block, at + 2)
    const count = u32(block, at + 4)
    const bytes = count * (sizes[type] ?? 0)
    const start = bytes <= 4 ? at + 8 : u32(block, at + 8)
    return { tag: u16(block, at), type, count, value: block.subarray(start, start + bytes) }
  }

  return {
    little,
    version: u16(block, 2),
    first: u32(block, 4),
    holds: (place) => countAt(place) !== undefined,
    directoryAt(place) {
      const said = countAt(place)
      if (said === undefined) return undefined
      const most = Math.min(said, mostEntries, Math.floor((block.length - place - 2) / entryBytes))
      const entries = Array.from({ length: most }, (_, i) => entryAt(place + 2 + i * entryBytes))
      return { entries, isWhole: most === said }
    },
    nextOf(place) {
      const behind = place + 2 + (countAt(place) ?? 0) * entryBytes
      return behind + 4 <= block.length ? u32(block, behind) : 0
    },
    numberOf(entry) {
      const size = entry && sizes[entry.type]
      if (!size || entry.value.length < size) return undefined
      if (entry.type !== types.rational) return numbers[entry.type]?.(entry.value, 0)
      const divisor = u32(entry.value, 4)
      return divisor ? u32(entry.value, 0) / divisor : undefined
    },
  }
}

/** The first entry of that tag. */
export const entryOf = (directory: Directory | undefined, tag: number): Entry | undefined =>
  directory?.entries.find((entry) => entry.tag === tag)

/** Whether all of an entry's values lie in the block. */
export const isWhole = ({ type, count, value }: Entry): boolean => value.length === count * (sizes[type] ?? 0)
