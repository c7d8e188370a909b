// Who is asked, in turn: the ring's order, but nobody gets more than a fair share while others are idle, and the
// hottest keys lie on two nodes. Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016).
import type { UpstreamNode } from './upstream-node.ts'

export type LoadedNode = Pick<UpstreamNode, 'state' | 'load'>

/** How far above the mean of all nodes one may be. */
const slack = 1.25
/** So few asks are nobody's burden; below it a key never leaves its node, and neither do the sizes of one source. */
const fewest = 32

/** The nodes that are up: those with room first, each part in the ring's order. */
export function spread<N extends LoadedNode>(order: readonly N[], isHot = false): N[] {
  const up = order.filter((node) => node.state() === 'up')
  const most = shareOf(up)
  const roomy = up.filter((node) => node.load() < most)
  const [first, second] = roomy
  if (isHot && first && second && second.load() < first.load()) roomy.splice(0, 2, second, first)
  return [...roomy, ...up.filter((node) => !roomy.includes(node))]
}

function shareOf(nodes: readonly LoadedNode[]): number {
  const all = nodes.reduce((sum, node) => sum + node.load(), 1)
  return Math.max(fewest, Math.ceil((slack * all) / nodes.length))
}
