// Which results were removed from the list: the server keeps them until their time is over, this browser hides them.

const kept = 'halftone-removed'

/** `ids` have the times they expire at: what has expired is not worth remembering. `cleared` is when all were removed. */
function read(now = Date.now()) {
  try {
    const { ids = {}, cleared = 0 } = JSON.parse(localStorage.getItem(kept) ?? '{}')
    return { ids: Object.fromEntries(Object.entries(ids).filter(([, expires]) => expires > now)), cleared }
  } catch {
    return { ids: {}, cleared: 0 }
  }
}

const write = (removed) => localStorage.setItem(kept, JSON.stringify(removed))

export const isRemoved = ({ id }) => id in read().ids

/** Results from before are not asked for any more. */
export const clearedAt = () => read().cleared

export function rememberRemoved(facts) {
  const { ids, cleared } = read()
  write({ ids: { ...ids, ...Object.fromEntries(facts.map(({ id, expires }) => [id, expires])) }, cleared })
}

export const rememberCleared = (now = Date.now()) => write({ ...read(), cleared: now })
