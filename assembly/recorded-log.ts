// The shared log of purges as a table of the database.
import { type Behind, type Place, type Purge, purgeIn, type SharedLog } from '../purging/index.ts'
import type { Records } from '../records/index.ts'

/** Some hundred bytes each. */
const mostOrders = 5000

type Row = Awaited<ReturnType<Records['purges']['behind']>>[number]

export function createRecordedLog(
  { purges: table, transaction }: Pick<Records, 'purges' | 'transaction'>,
  { most = mostOrders } = {},
): SharedLog {
  return {
    async append(purges) {
      const { added, before } = await transaction((t) => t.purges.append(JSON.stringify(purges), most))
      return { place: placeOf(added), after: placeOf(before) }
    },
    async behind(known) {
      const place = rowAt(known)
      if (place === undefined || !(await table.has(place))) return lost()
      const rows = await table.behind(place.id)
      return { ...readOrders(rows), end: placeOf(rows.at(-1) ?? place) }
    },
  }

  async function lost(): Promise<Behind> {
    const newest = await table.newest()
    // A place that is there has to be known, also where nothing was purged yet.
    const end = newest ?? (await transaction((t) => t.purges.append('[]', most))).added
    return { orders: [], end: placeOf(end), isWhole: false }
  }
}

const placeOf = ({ id, token }: Pick<Row, 'id' | 'token'>): Place => `${id}.${token}`

function rowAt(place: Place | undefined): Pick<Row, 'id' | 'token'> | undefined {
  const [, id, token] = /^(\d{1,15})\.([\w-]+)$/.exec(place ?? '') ?? []
  return token === undefined ? undefined : { id: Number(id), token }
}

function readOrders(rows: readonly Row[]): Omit<Behind, 'end'> {
  const orders = rows.map((row) => ({ place: placeOf(row), purges: purgesIn(row) }))
  const known = orders.filter((order): order is typeof order & { purges: readonly Purge[] } => !!order.purges)
  return { orders: known, isWhole: known.length === orders.length }
}

/** Undefined for what this version does not know. */
function purgesIn({ purges }: Row): readonly Purge[] | undefined {
  const written = (JSON.parse(purges ?? '[]') as unknown[]).map(purgeIn)
  const known = written.filter((purge) => purge !== undefined)
  return known.length === written.length ? known : undefined
}
