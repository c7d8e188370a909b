// Fair queueing: how many due jobs of one lane and of one project may be worked on at once, so that no job waits behind
// a receiver that stalls. Pure.
import { createHash } from 'node:crypto'

/** Jobs to the same receiver share a lane: when it stalls, they all wait. '' for jobs without a receiver. */
export type Lane = string

export interface LaneLimits {
  /** Jobs of one lane. */
  readonly most: number
  /** Jobs of one project in all its lanes: a project can make lanes at no cost, and must not get every place so. */
  readonly mostOfProject: number
}

export interface LaneUsage extends LaneLimits {
  /** The lanes of the jobs that the claimant works on now, one entry per job. */
  readonly held: readonly Lane[]
}

export interface Candidate {
  readonly id: string
  readonly lane: Lane
}

export const projectLength = 12

/**
 * One lane for each project and origin: a project must not be able to stall another project's receiver. Both are hashed,
 * because they may be longer than an index takes. The project comes first, so its lanes lie side by side.
 */
export const laneOf = (project: string, url: string): Lane => digest(project) + digest(new URL(url).origin)

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, projectLength)

export const projectIn = (lane: Lane): string => lane.slice(0, projectLength)

/** The first candidates that fit the limits. */
export function pick<C extends Candidate>(candidates: readonly C[], taken: LaneUsage, limit: number): C[] {
  const [lanes, projects] = [countsOf(taken.held), countsOf(taken.held.map(projectIn))]
  const picked: C[] = []
  for (const candidate of candidates) {
    if (picked.length === limit) break
    const { lane } = candidate
    const [ofLane, ofProject] = [lanes.get(lane) ?? 0, projects.get(projectIn(lane)) ?? 0]
    if (ofLane >= taken.most || ofProject >= taken.mostOfProject) continue
    lanes.set(lane, ofLane + 1)
    projects.set(projectIn(lane), ofProject + 1)
    picked.push(candidate)
  }
  return picked
}

/** The lanes and projects that are at their limit. */
export function fullLanes({ held, most, mostOfProject }: LaneUsage): { lanes: Lane[]; projects: string[] } {
  const over = (names: readonly string[], bound: number) =>
    [...countsOf(names)].filter(([, count]) => count >= bound).map(([name]) => name)
  return { lanes: over(held, most), projects: over(held.map(projectIn), mostOfProject) }
}

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
