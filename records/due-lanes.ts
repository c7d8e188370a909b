// Finds the lanes of a queue in which something is due, without reading their jobs: one index lookup for each lane.
import { sql } from 'kysely'
import { type Lane, projectLength } from './fair-lanes.ts'
import type { DatabaseHandle } from './tables.ts'

export interface LaneScan {
  readonly queue: string
  readonly limit: number
  readonly now: number
  readonly random: number
  /** Lanes and projects that are full: they are skipped. */
  readonly lanes: readonly Lane[]
  readonly projects: readonly string[]
}

/** Thousands of lanes may wait for their next try; the next scan begins at another lane. */
const mostSteps = 1000

/** Lanes with a due job: from a random lane to the last one, then from the first one on. */
export async function dueLanes(source: DatabaseHandle, walk: LaneScan): Promise<readonly Lane[]> {
  const start = Math.floor(walk.random * 16 ** 8)
    .toString(16)
    .padStart(8, '0')
  const later = await lanesFrom(source, walk, start)
  if (later.length === walk.limit) return later
  return [...new Set([...later, ...(await lanesFrom(source, walk, ''))])].slice(0, walk.limit)
}

async function lanesFrom({ db }: DatabaseHandle, walk: LaneScan, start: Lane): Promise<readonly Lane[]> {
  const { queue, limit, now, lanes, projects } = walk
  const project = sql`substr(walk.lane, 1, ${sql.lit(projectLength)})`
  const isFull = projects.length > 0 ? sql`${project} in (${sql.join(projects)})` : sql`1 = 0`
  const isPassed = lanes.length > 0 ? sql`walk.lane in (${sql.join(lanes)})` : sql`1 = 0`
  // Lanes are hexadecimal, so 'g' sorts behind all of this project's: the scan goes on at the next project.
  const here = sql`case when ${isFull} then ${project} || 'g' else walk.lane end`
  const waiting = sql`from jobs where jobs.queue = ${queue} and jobs.due is not null`
  const { rows } = await sql<{ lane: Lane }>`
    with recursive walk (lane, step) as (
      select (select min(jobs.lane) ${waiting} and jobs.lane >= ${start}), 1
      union all
      select (select min(jobs.lane) ${waiting} and jobs.lane > ${here}), step + 1
      from walk where walk.lane is not null and step < ${sql.lit(mostSteps)}
    )
    select lane from walk
    where lane is not null and not (${isFull}) and not (${isPassed})
      and (select min(jobs.due) ${waiting} and jobs.lane = walk.lane) <= ${now}
    limit ${limit}`.execute(db)
  return rows.map(({ lane }) => lane)
}
