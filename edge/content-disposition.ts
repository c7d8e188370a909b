// Under which name a browser saves a picture, and whether it shows it first: Content-Disposition (RFC 6266, RFC 8187). Pure.

/** What a URL asks for. */
export interface Disposition {
  readonly as?: 'inline' | 'attachment' | undefined
  readonly name?: string | undefined
}

/**
 * The field's value; undefined where nobody said anything. What the origin will not have opened stays a download,
 * whatever the URL asks.
 */
export function dispositionOf(asked: Disposition | undefined, below: string | undefined): string | undefined {
  if (asked === undefined) return below
  const as = below?.startsWith('attachment') ? 'attachment' : (asked.as ?? 'inline')
  return asked.name === undefined ? as : `${as}; ${withFileName(asked.name)}`
}

/** Twice where it takes more than ASCII: old clients read the first, all others the second (RFC 6266 4.3). */
function withFileName(name: string): string {
  // No browser takes a path for a name, and some would take what follows the last slash.
  const safe = name.replace(/[/\\]/g, '_')
  const plain = safe.replace(/[^\x20-\x7e]|["%]/g, '_')
  return plain === safe
    ? `filename="${plain}"`
    : `filename="${plain}"; filename*=UTF-8''${encodeExtended(safe)}`
}

/** RFC 8187 3.2.1: what encodeURIComponent leaves besides is not an attr-char. */
const encodeExtended = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
