// Plain pixels as programs hand them over (netpbm's P6): three bytes for each, behind a line or three of text.
import { Failure } from '../../errors.ts'
import type { Pixels } from './run.ts'

const header = /^P6\s+(\d{1,6})\s+(\d{1,6})\s+255\s/

const headOf = (file: Buffer): string => file.toString('latin1', 0, 64)

export const isPlain = (file: Buffer): boolean => headOf(file).startsWith('P6')

/** Fails with 'source-broken' where the pixels are not as many as they should be. */
export function plainPixels(file: Buffer): Pixels {
  const [head = '', width, height] = header.exec(headOf(file)) ?? []
  const size = { width: Number(width), height: Number(height) }
  const data = new Uint8Array(
    file.buffer as ArrayBuffer,
    file.byteOffset + head.length,
    file.length - head.length,
  )
  if (head === '' || data.length !== size.width * size.height * 3)
    throw new Failure('source-broken', 'The source is damaged: its pixels cannot be decoded.')
  return { ...size, data, channels: 3 }
}
