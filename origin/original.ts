// The source's own bytes as an answer (fm=original): shown where they are a picture, saved where they are anything else.
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Answer, FileBody, Headers } from '../tier.ts'
import { formatOf, type SourceFormat, sourceTypes } from '../transforms/index.ts'
import type { Source } from './loader.ts'
import { resultAnswer } from './result.ts'

/** Bytes of the longest original that is held in memory and kept by caches. A longer one is opened for each reader. */
const mostHeld = 8 * 2 ** 20

/** Bytes that tell the kind of a file. */
const headLength = 65_536

/** Whatever kind of file it is, and of any size where it can be opened. Undefined when the source changed meanwhile. */
export async function original(source: Source, signal: AbortSignal): Promise<Answer | undefined> {
  const { file, declaredType } = source
  if (file && file.length > mostHeld) return openOriginal(source, file, signal)
  const bytes = await source.read(signal)
  return bytes && resultAnswer(bufferOver(bytes), originalHeaders(bytes, declaredType))
}

const bufferOver = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

async function openOriginal(source: Source, file: FileBody, signal: AbortSignal): Promise<Answer> {
  const head = await buffer(await file.open({ start: 0, end: headLength - 1 }, signal))
  const headers = {
    ...originalHeaders(head, source.declaredType),
    'content-length': String(file.length),
    // Of the version, for reading the whole to hash it is what must not happen. It differs whenever the bytes do.
    etag: `"${createHash('sha256').update(source.version).digest('base64url').slice(0, 22)}"`,
  }
  return { status: 200, headers, body: file }
}

/**
 * Headers for bytes that a stranger may have stored. The type is read from the bytes, so that a page under the name of
 * a picture is never opened as a page. A file that is no picture is never opened, only saved.
 */
export function originalHeaders(bytes: Uint8Array, declared = ''): Headers {
  const format = formatOf(bytes)
  if (format === undefined || !isPicture(format) || isPacked(bytes))
    return attachmentHeaders(format, declared)
  return {
    'content-type': sourceTypes[format],
    'content-disposition': 'inline',
    ...(format === 'svg' && { 'content-security-policy': drawingPolicy }),
  }
}

/** A document and a film are sources too, of a page and of a moment. */
const isPicture = (format: SourceFormat): boolean => sourceTypes[format].startsWith('image/')

/** An SVG opened by its address is a document: it may style itself and show what it holds; it may run, load or submit nothing. */
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"

/** A drawing in gzip shows only where its encoding is announced, and then not every client can read it. */
const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

function attachmentHeaders(format: SourceFormat | undefined, declared: string): Headers {
  const type = format && !isPicture(format) ? sourceTypes[format] : harmless(declared)
  return { 'content-type': type, 'content-disposition': 'attachment' }
}

/** Types that no browser executes, even if it ignores that the file is to be saved. */
const harmlessTypes = /^(?:(?:audio|video|font)\/[\w.+-]+|application\/(?:pdf|zip|json)|text\/(?:plain|csv))$/

const harmless = (declared: string): string => {
  const [type = ''] = declared.toLowerCase().split(';')
  return harmlessTypes.test(type.trim()) ? type.trim() : 'application/octet-stream'
}
