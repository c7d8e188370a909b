// The source's own bytes as an answer (fm=original): shown where they are a picture, saved where they are anything else.
import type { Headers } from '../tier.ts'
import { formatOf, type SourceFormat, sourceTypes } from '../transforms/index.ts'

/**
 * What is said of bytes that a stranger may have stored. Their type is read from the bytes, so that a page that is
 * called a picture is never opened as a page; nothing that is not a picture is opened at all.
 */
export function originalHeaders(bytes: Uint8Array, declared = ''): Headers {
  const format = formatOf(bytes)
  if (format === undefined || format === 'pdf' || isPacked(bytes)) return saved(format, declared)
  return {
    'content-type': sourceTypes[format],
    'content-disposition': 'inline',
    ...(format === 'svg' && { 'content-security-policy': drawingPolicy }),
  }
}

/** An SVG opened by its address is a document: it may style itself, and run, load or submit nothing. */
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** A drawing in gzip shows only where its encoding is announced, and then not every client can read it. */
const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

function saved(format: SourceFormat | undefined, declared: string): Headers {
  const type = format === 'pdf' ? sourceTypes.pdf : harmless(declared)
  return { 'content-type': type, 'content-disposition': 'attachment' }
}

/** Types that no browser runs anything of, even where it ignores that the file is to be saved. */
const harmlessTypes = /^(?:(?:audio|video|font)\/[\w.+-]+|application\/(?:pdf|zip|json)|text\/(?:plain|csv))$/

const harmless = (declared: string): string => {
  const [type = ''] = declared.toLowerCase().split(';')
  return harmlessTypes.test(type.trim()) ? type.trim() : 'application/octet-stream'
}
