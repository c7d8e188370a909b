// Groups: files that were put together, in their order, each with the operations it was named with.
import type { Selectable } from 'kysely'
import { readJson, writeJson } from './json.ts'
import { limitOf, pagedByTime, type TimePage, type TimePaged } from './pages.ts'
import type { Source, Tables } from './tables.ts'

export type Member = { readonly id: string; readonly effects: string }

export interface GroupRecord {
  readonly id: string
  readonly project: string
  readonly files: readonly Member[]
  readonly created: number
}

export type GroupFilter = TimePage & { readonly project: string }

export type Groups = ReturnType<typeof createGroups>

export function createGroups({ db }: Source) {
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
      return pagedByTime((await pageOf(db, filter, limit).execute()).map(groupOf), limit)
    },
  }
}

function pageOf(db: Source['db'], filter: GroupFilter, limit: number) {
  const beyond = filter.order === 'oldest' ? '>' : '<'
  const direction = filter.order === 'oldest' ? 'asc' : 'desc'
  const { from, after } = filter
  return db
    .selectFrom('groups')
    .selectAll()
    .where('project', '=', filter.project)
    .$if(from !== undefined, (query) => query.where('created', `${beyond}=`, from ?? 0))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created', 'id'), beyond, tuple(after?.created ?? 0, after?.id ?? '')),
      ),
    )
    .orderBy('created', direction)
    .orderBy('id', direction)
    .limit(limit + 1)
}

const groupOf = (row: Selectable<Tables['groups']>): GroupRecord => ({
  ...row,
  files: readJson<Member[]>(row.files),
})
