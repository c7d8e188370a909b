// The webhooks of a project: which event is sent to which address. Each pair exists once.
import type { Selectable } from 'kysely'
import type { Seal } from './sealing.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

export interface HookRecord {
  readonly id: number
  readonly project: string
  readonly event: string
  readonly targetUrl: string
  readonly isActive: boolean
  /** Not hashed, because deliveries are signed with it. The database keeps it sealed. */
  readonly signingSecret: string | null
  readonly version: string
  readonly created: number
  readonly updated: number
}

export type NewHook = Omit<HookRecord, 'id' | 'created' | 'updated'>
export type HookChange = Partial<Omit<NewHook, 'project'>>
export type HookTable = ReturnType<typeof createHooks>

export const createHooks = (handle: DatabaseHandle) => ({
  ...hookReads(handle),
  ...hookChanges(handle),
})

function hookReads({ db, seal }: DatabaseHandle) {
  const hookOf = unsealWith(seal)
  const ofProject = (project: string) => db.selectFrom('hooks').selectAll().where('project', '=', project)
  return {
    get: async (id: number): Promise<HookRecord | undefined> => {
      const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirst()
      return row && hookOf(row)
    },

    find: async (project: string): Promise<readonly HookRecord[]> =>
      (await ofProject(project).orderBy('id').execute()).map(hookOf),

    /** The active webhooks of an event. */
    findFor: async (project: string, event: string): Promise<readonly HookRecord[]> => {
      const rows = await ofProject(project)
        .where('event', '=', event)
        .where('isActive', '=', 1)
        .orderBy('id')
        .execute()
      return rows.map(hookOf)
    },
  }
}

function hookChanges({ db, seal }: DatabaseHandle) {
  const hookOf = unsealWith(seal)
  const sealSecret = sealWith(seal)
  const projectOf = async (id: number): Promise<string> => {
    const row = await db.selectFrom('hooks').select('project').where('id', '=', id).executeTakeFirst()
    return row?.project ?? ''
  }
  return {
    /** Undefined when the project has this event and address already. */
    add: async (hook: NewHook, now: number): Promise<HookRecord | undefined> => {
      const row = await db
        .insertInto('hooks')
        .values({
          ...hook,
          ...sealSecret(hook.project, hook.signingSecret),
          isActive: hook.isActive ? 1 : 0,
          created: now,
          updated: now,
        })
        .onConflict((conflict) => conflict.columns(['project', 'event', 'targetUrl']).doNothing())
        .returningAll()
        .executeTakeFirst()
      return row && hookOf(row)
    },

    change: async (id: number, { isActive, signingSecret, ...change }: HookChange, now: number) => {
      const active = isActive === undefined ? {} : { isActive: isActive ? 1 : 0 }
      const secret = signingSecret === undefined ? {} : sealSecret(await projectOf(id), signingSecret)
      const row = await db
        .updateTable('hooks')
        .set({ ...change, ...active, ...secret, updated: now })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row && hookOf(row)
    },

    /** Deletes one webhook. */
    forget: async (id: number): Promise<void> => {
      await db.deleteFrom('hooks').where('id', '=', id).execute()
    },

    /** Deletes the webhooks of an address, whatever their event. Returns how many there were. */
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

type HookRow = Selectable<DatabaseSchema['hooks']>

/** The name that a secret is sealed under: the project, because the database numbers a row only when it is written. */
const nameOf = (project: string): string => `hook ${project}`

const sealWith =
  (seal: Seal | undefined) =>
  (project: string, secret: string | null): Pick<HookRow, 'signingSecret' | 'sealed'> =>
    secret === null || !seal
      ? { signingSecret: secret, sealed: null }
      : { signingSecret: null, sealed: seal.close(nameOf(project), secret) }

/** A secret that another instance sealed cannot be opened: deliveries then carry no signature. */
const unsealWith =
  (seal: Seal | undefined) =>
  ({ sealed, ...row }: HookRow): HookRecord => ({
    ...row,
    signingSecret: sealed === null ? row.signingSecret : (seal?.open(nameOf(row.project), sealed) ?? null),
    isActive: row.isActive === 1,
  })

/** Seals secrets that were kept in clear by earlier versions. */
export async function sealHooks({ db, seal }: DatabaseHandle): Promise<void> {
  const plain = await db.selectFrom('hooks').selectAll().where('signingSecret', 'is not', null).execute()
  for (const { id, project, signingSecret } of plain)
    await db
      .updateTable('hooks')
      .set(sealWith(seal)(project, signingSecret))
      .where('id', '=', id)
      .where('signingSecret', '=', signingSecret)
      .execute()
}
