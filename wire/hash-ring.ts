// Chooses the node for a key by a consistent hash ring: a node that comes or goes moves only its own share of the keys.

export interface Ring {
  /** Every node once: first the key's own node, then its successors in case that one is out. */
  order(key: string): string[]
}

// With 160 points a node's share stays within about a fifth of the mean; nginx's `hash consistent` uses as many.
const pointsPerNode = 160

export function createRing(nodes: readonly string[]): Ring {
  const count = new Set(nodes).size
  const points = pointsOf([...new Set(nodes)])
  const hashes = Uint32Array.from(points, (point) => point.hash)
  return {
    order(key) {
      const found: string[] = []
      for (let at = firstAtOrAfter(hashes, hash(key)); found.length < count; at++) {
        const node = points[at % points.length]?.node
        if (node !== undefined && !found.includes(node)) found.push(node)
      }
      return found
    },
  }
}

function pointsOf(nodes: readonly string[]): { hash: number; node: string }[] {
  const points = nodes.flatMap((node) =>
    Array.from({ length: pointsPerNode }, (_, index) => ({ hash: hash(`${node}#${index}`), node })),
  )
  // Two nodes on one point: the name decides, so that the order in the settings never matters.
  return points.sort((a, b) => a.hash - b.hash || (a.node < b.node ? -1 : 1))
}

function firstAtOrAfter(hashes: Uint32Array, wanted: number): number {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** FNV-1a over the UTF-16 units, then MurmurHash3's finaliser: FNV alone leaves near names near each other. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
