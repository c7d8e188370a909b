// A result as the API reports it, in the shape the page shows.

/**
 * Results lie on this very server, whatever public address it gives them. Undefined for one that was put into a
 * customer's bucket: this page cannot fetch it.
 */
const pathOf = (url) => /\/results\/[^?#]+$/.exec(new URL(url, location.href).pathname)?.[0]

export function factsOf({ id, name, url, expires, source, output, ms, is_available: isAvailable = true }) {
  const { format, width, height, bytes, chosen, reason, tried, dropped } = output
  return {
    ...{ id, name, format, width, height, bytes, chosen, reason, tried, dropped, ms, isAvailable },
    path: pathOf(url),
    expires: Date.parse(expires),
    sourceName: source.name,
    sourceBytes: source.bytes,
    sourceFormat: source.format,
    score: output.score ?? undefined,
    quality: output.quality ?? undefined,
    chroma: output.chroma ?? undefined,
  }
}

export const isThere = ({ expires }, now = Date.now()) => expires > now
