// What a received file may be called: one segment, safe in a header and in every file system. Pure.

/** Of the name in UTF-8; ext4 and APFS take 255, and whoever stores the file wants to put something in front. */
const mostBytes = 200
const mostExtensionBytes = 20
const nameless = 'file'

/**
 * Left out: control characters, lone surrogates, and what changes the order or hides parts of a shown name (bidirectional
 * marks, zero-width characters, tags). The joiners U+200C and U+200D stay: Persian and emoji are spelt with them.
 */
const hidden =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** Reserved by Windows, or ending a quoted string in a header (RFC 9110 5.6.4). */
const reserved = /[<>:"|?*]/g

/** Windows opens a device under these names, whatever their extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/** 'C:\\temp\\kitten.png' and '../kitten.png' are 'kitten.png'; 'file' where nothing usable is left. A fixed point. */
export function safeName(said: string | undefined): string {
  const segment =
    (said ?? '')
      .toWellFormed()
      .split(/[/\\]/)
      .findLast((part) => bare(part) !== '') ?? ''
  const name = bare(segment)
  return name === '' ? nameless : shorten(name.replace(devices, '_$&'))
}

function bare(segment: string): string {
  return segment
    .replace(hidden, '')
    .normalize('NFC')
    .replace(/[\p{Z}]+/gu, ' ')
    .replace(reserved, '_')
    .replace(/^[. ]+|(?<![. ])[. ]+$/g, '')
}

/** Cut in the stem, so that the extension survives. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= mostBytes) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= mostExtensionBytes ? name.slice(dot) : ''
  const stem = extension ? name.slice(0, dot) : name
  return `${startOf(stem, mostBytes - Buffer.byteLength(extension))}${extension}`.replace(
    /(?<![. ])[. ]+$/,
    '',
  )
}

/** As many whole characters as fit. */
function startOf(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes))
  return text.slice(0, read)
}

/** The name in a Content-Disposition (RFC 6266 4.3): `filename*` before `filename`; undefined when there is none. */
export function dispositionName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const [, encoded] = /;\s*filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)/i.exec(header) ?? []
  if (encoded !== undefined) return decodeOrKeep(encoded)
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? []
  const plain = quoted?.replace(/\\(.)/g, '$1') ?? token
  return plain && utf8Of(plain)
}

/** The last segment of a URL's path that says anything. */
export function addressName(url: URL): string | undefined {
  const segment = url.pathname.split('/').findLast((part) => part !== '')
  return segment && decodeOrKeep(segment)
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Header values arrive one character a byte; most write UTF-8 into them all the same. */
export function utf8Of(latin1: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
