// Groups: files that were put together, in their order, each with the operations it was named with.
import type { Selectable } from 'kysely'
import { readJson, writeJson } from './json.ts'
import { byTime, limitOf, type TimePage, type TimePaged, toTimePage } from './pages.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

export type Member = { readonly id: string; readonly effects: string }

export interface GroupRecord {
  readonly id: string
  readonly project: string
  readonly files: readonly Member[]
  readonly created: number
}

export type GroupFilter = TimePage & { readonly project: string }

export type GroupTable = ReturnType<typeof createGroups>

export function createGroups({ db }: DatabaseHandle) {
  return {
    add: async (group: GroupRecord): Promise<void> => {
      await db
        .insertInto('groups')
        .values({ ...group, files: writeJson(group.files) })
        .execute()
    },

    get: async (id: string): Promise<GroupRecord | undefined> => {
      const row = await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst()
      return row && groupOf(row)
    },

    /** The group only: its files stay. False when there was none. */
    remove: async (id: string): Promise<boolean> => {
      const { numDeletedRows } = await db.deleteFrom('groups').where('id', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },

    count: async (project: string): Promise<number> => {
      const { all } = await db
        .selectFrom('groups')
        .where('project', '=', project)
        .select(({ fn }) => fn.countAll<number>().as('all'))
        .executeTakeFirstOrThrow()
      return all
    },

    find: async (filter: GroupFilter): Promise<TimePaged<GroupRecord>> => {
      const limit = limitOf(filter.limit)
      return toTimePage((await byTime(db, 'groups', filter).selectAll().execute()).map(groupOf), limit)
    },
  }
}

const groupOf = (row: Selectable<DatabaseSchema['groups']>): GroupRecord => ({
  ...row,
  files: readJson<Member[]>(row.files),
})
