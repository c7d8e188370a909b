// Byte ranges (RFC 9110 14): which part of a body a request asks for, and that part. Pure: nothing is read or copied.
import type { Body, ByteRange, FileBody } from '../tier.ts'

export type Choice =
  | { readonly kind: 'whole' }
  /** Both ends included, as in Content-Range. */
  | { readonly kind: 'partial'; readonly start: number; readonly end: number }
  | { readonly kind: 'range-not-satisfiable' }

export const whole: Choice = { kind: 'whole' }

/**
 * What `Range: <field>` asks for of a body of `length` bytes. One range only: several at once, other units and what
 * cannot be read get the whole, as RFC 9110 14.2 allows.
 */
export function chooseRange(field: string, length: number): Choice {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(field) ?? []
  if (first === undefined || last === undefined || first + last === '') return whole
  if (first === '') return between(Math.max(0, length - Number(last)), length - 1, length)
  if (last !== '' && Number(last) < Number(first)) return whole
  return between(Number(first), last === '' ? length - 1 : Math.min(Number(last), length - 1), length)
}

const between = (start: number, end: number, length: number): Choice =>
  start < length ? { kind: 'partial', start, end } : { kind: 'range-not-satisfiable' }

/** A view of a body in memory, or a file that begins and ends within the other. */
export const partOf = (body: Body, range: ByteRange): Body =>
  Buffer.isBuffer(body) ? body.subarray(range.start, range.end + 1) : partOfFile(body, range)

const partOfFile = (file: FileBody, part: ByteRange): FileBody => ({
  length: part.end - part.start + 1,
  open: ({ start, end }, signal) => file.open({ start: part.start + start, end: part.start + end }, signal),
})
