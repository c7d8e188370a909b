// Who wants to be told of what: the webhooks of a project, each once per event and address.
import type { Selectable } from 'kysely'
import type { Source, Tables } from './tables.ts'

export interface HookRecord {
  readonly id: number
  readonly project: string
  readonly event: string
  readonly targetUrl: string
  readonly isActive: boolean
  /** As it is, not hashed: what is sent is signed with it. */
  readonly signingSecret: string | null
  readonly version: string
  readonly created: number
  readonly updated: number
}

export type NewHook = Omit<HookRecord, 'id' | 'created' | 'updated'>
export type HookChange = Partial<Omit<NewHook, 'project'>>
export type Hooks = ReturnType<typeof createHooks>

export function createHooks({ db }: Source) {
  const ofProject = (project: string) => db.selectFrom('hooks').selectAll().where('project', '=', project)
  return {
    /** Undefined when the project has this event and address already. */
    add: async (hook: NewHook, now: number): Promise<HookRecord | undefined> => {
      const row = await db
        .insertInto('hooks')
        .values({ ...hook, isActive: hook.isActive ? 1 : 0, created: now, updated: now })
        .onConflict((conflict) => conflict.columns(['project', 'event', 'targetUrl']).doNothing())
        .returningAll()
        .executeTakeFirst()
      return row && hookOf(row)
    },

    change: async (id: number, { isActive, ...change }: HookChange, now: number) => {
      const active = isActive === undefined ? {} : { isActive: isActive ? 1 : 0 }
      const row = await db
        .updateTable('hooks')
        .set({ ...change, ...active, updated: now })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row && hookOf(row)
    },

    get: async (id: number): Promise<HookRecord | undefined> => {
      const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirst()
      return row && hookOf(row)
    },

    find: async (project: string): Promise<readonly HookRecord[]> =>
      (await ofProject(project).orderBy('id').execute()).map(hookOf),

    /** Those to be told now. */
    findFor: async (project: string, event: string): Promise<readonly HookRecord[]> => {
      const rows = await ofProject(project)
        .where('event', '=', event)
        .where('isActive', '=', 1)
        .orderBy('id')
        .execute()
      return rows.map(hookOf)
    },

    /** This one alone. */
    forget: async (id: number): Promise<void> => {
      await db.deleteFrom('hooks').where('id', '=', id).execute()
    },

    /** All events of that address; how many there were. */
    remove: async (project: string, targetUrl: string): Promise<number> => {
      const { numDeletedRows } = await db
        .deleteFrom('hooks')
        .where('project', '=', project)
        .where('targetUrl', '=', targetUrl)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

const hookOf = (row: Selectable<Tables['hooks']>): HookRecord => ({ ...row, isActive: row.isActive === 1 })
