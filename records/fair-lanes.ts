// Who may have how many at once of what is due: nobody waits behind a receiver that stalls. Pure.
import { createHash } from 'node:crypto'

/** Of jobs that go the same way and are held up together. '' where it does not matter. */
export type Lane = string

export interface LaneLimits {
  /** Of one lane. */
  readonly most: number
  /** Of one project, whatever its lanes: they cost it nothing, so many lanes must not give it everything. */
  readonly mostOfProject: number
}

export interface LaneUsage extends LaneLimits {
  /** The lane of each job that the claimant has in its hands. */
  readonly held: readonly Lane[]
}

export interface Candidate {
  readonly id: string
  readonly lane: Lane
}

export const projectLength = 12

/**
 * By project and origin: no project waits for another that names the same receiver, and may stall it on purpose. A
 * digest, because both may be longer than an index takes; what belongs to a project lies together in it.
 */
export const laneOf = (project: string, url: string): Lane => digest(project) + digest(new URL(url).origin)

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, projectLength)

export const projectIn = (lane: Lane): string => lane.slice(0, projectLength)

/** The first of them that fit. */
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

/** The lanes and projects that may have no more. */
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
