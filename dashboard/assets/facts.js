// A result as the API reports it, in the shape the page shows.

/** Results lie on this very server, whatever public address it gives them. */
const pathOf = (url) => {
  const { pathname, search } = new URL(url, location.href)
  return `${pathname}${search}`
}

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
