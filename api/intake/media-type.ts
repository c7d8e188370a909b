// The media type a received file is kept and served under: what its bytes say, or a claim that does no harm. Pure.
import { formatOf, type SourceFormat, sourceTypes } from '../../transforms/index.ts'

const unknown = 'application/octet-stream'

/** Formats with a signature that no other file begins with. Two letters, or markup, are not enough by themselves. */
const marked: ReadonlySet<SourceFormat> = new Set<SourceFormat>([
  ...(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const),
  ...(['heic', 'jxl', 'jp2', 'pdf'] as const),
])

/** What a file is by its first bytes, also where nothing here can open it; undefined where they do not decide. */
export function formatIn(head: Uint8Array): SourceFormat | undefined {
  const format = formatOf(head)
  return format && marked.has(format) ? format : undefined
}

/** RFC 9110 8.3.1, without parameters. */
const shape = /^[a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63}$/

/** Kinds whose members a browser shows, plays or saves; text only where it is no markup and no script. */
const harmless = /^(image|audio|video|font|model|application)\/|^text\/(plain|csv|markdown|rtf|calendar)$/

/** Among those: markup and programs of all sorts, and containers of them. Every XML may hold a script (RFC 7303 10). */
const runs =
  /xml|html|svg|xsl|script|ecma|java|wasm|flash|php|perl|python|-sh$|msdownload|manifest|mhtml|multipart|mixed|signed-exchange|webbundle/

/** `format` is what the bytes say, `said` the client's Content-Type, parameters and all. */
export function typeOf(format: SourceFormat | undefined, said: string | undefined): string {
  if (format) return sourceTypes[format]
  const claim = (said ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return shape.test(claim) && harmless.test(claim) && !runs.test(claim) ? claim : unknown
}
