// Fetches a picture as a browser would, and measures it as it arrives.

const accept = 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'

/** Fetches a picture whole; the numbers are of this very answer. */
export async function measured(path, { cache = 'no-store', signal } = {}) {
  const start = performance.now()
  const response = await fetch(path, { headers: { accept }, cache, signal })
  const body = await response.blob()
  const ms = performance.now() - start
  const source = Number(response.headers.get('halftone-source-bytes')) || undefined
  return { response, body, ms, bytes: body.size, source, tier: tierOf(response.headers.get('cache-status')) }
}

// RFC 9211: the member nearest to us is last. The last that says `hit` answered; without one, the picture was made now.
function tierOf(cacheStatus) {
  const members = (cacheStatus ?? '').match(/(?:"[^"]*"|[^,])+/g) ?? []
  const hit = members.findLast((member) => /;\s*hit\s*(;|$)/.test(member))
  return hit === undefined
    ? undefined
    : hit
        .split(';')[0]
        .trim()
        .replaceAll('"', '')
        .replace(/^halftone-/, '')
}
