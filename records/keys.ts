// API keys: who may do what and how much. The table keeps the SHA-256 of a secret. Where signatures are checked it also
// keeps the secret, sealed by a key that is not in the database.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Selectable } from 'kysely'
import { isNothing } from './empty-change.ts'
import { type JsonObject, readJson, writeJson } from './json.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

export interface KeyRecord {
  readonly id: string
  readonly project: string
  readonly user: string
  readonly name: string
  readonly scopes: readonly string[]
  /** The limits per month. The API defines the names: `calls` and `bytes`. */
  readonly quotas: JsonObject
  /** The plan of its limits, by name; empty for none. */
  readonly plan: string
  /** The project's settings. The API defines the names: `signedUploads`, for example. */
  readonly settings: JsonObject
  readonly created: number
  readonly revoked: number | null
}

type ChangeableKeyField = 'scopes' | 'quotas' | 'plan' | 'settings' | 'name'
export type NewKey = Omit<KeyRecord, 'revoked' | 'created' | ChangeableKeyField> &
  Partial<Pick<KeyRecord, ChangeableKeyField>> & {
    /** A secret that exists already; without it a new one is drawn. */
    readonly secret?: string
    readonly sealed?: string
  }

// A plain hash is enough, because the secret is drawn by us and not by a person: 192 bits cannot be searched.
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const drawSecret = (): string => randomBytes(24).toString('base64url')

export type KeyTable = ReturnType<typeof createKeys>

export const createKeys = (handle: DatabaseHandle) => ({
  ...keyReads(handle),
  ...keyChanges(handle),
})

const rowOf = ({ db }: DatabaseHandle, id: string) =>
  db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()

function keyReads(handle: DatabaseHandle) {
  return {
    get: async (id: string): Promise<KeyRecord | undefined> => {
      const row = await rowOf(handle, id)
      return row && keyOf(row)
    },

    /** The key, when the secret is right and the key is not revoked. An unknown id takes as long as a wrong secret. */
    verify: async (id: string, secret: string): Promise<KeyRecord | undefined> => {
      const row = await rowOf(handle, id)
      const isRight = isSame(hashOf(secret), row?.secretHash ?? hashOf(`no ${secret}`))
      return row && isRight && row.revoked === null ? keyOf(row) : undefined
    },

    /** The sealed secret; undefined when none was sealed, or there is no such key. */
    sealedOf: async (id: string): Promise<string | undefined> =>
      (await rowOf(handle, id))?.sealed ?? undefined,

    /** The plans of all keys that have one and are not revoked. */
    plans: async (): Promise<ReadonlyMap<string, string>> => {
      const rows = await handle.db
        .selectFrom('keys')
        .select(['id', 'plan'])
        .where('plan', '!=', '')
        .where('revoked', 'is', null)
        .execute()
      return new Map(rows.map(({ id, plan }) => [id, plan]))
    },

    find: async (project: string): Promise<readonly KeyRecord[]> => {
      const rows = await handle.db
        .selectFrom('keys')
        .selectAll()
        .where('project', '=', project)
        .orderBy('created')
        .orderBy('id')
        .execute()
      return rows.map(keyOf)
    },
  }
}

function keyChanges(handle: DatabaseHandle) {
  return {
    /** Returns the secret, which cannot be read again. Fails when the id exists already. */
    add: (key: NewKey, now: number) => addKey(handle, key, now),
    /** False when there is no such key. */
    change: (id: string, change: KeyChange) => changeKey(handle, id, change),
    /** False when the key was revoked already, or does not exist. */
    revoke: (id: string, now: number) => revokeKey(handle, id, now),
  }
}

async function addKey(
  { db }: DatabaseHandle,
  key: NewKey,
  now: number,
): Promise<{ readonly secret: string }> {
  const {
    secret = drawSecret(),
    sealed,
    name = '',
    scopes = [],
    quotas = {},
    plan = '',
    settings = {},
    ...rest
  } = key
  await db
    .insertInto('keys')
    .values({
      ...rest,
      name,
      scopes: writeJson(scopes),
      quotas: writeJson(quotas),
      plan,
      settings: writeJson(settings),
      sealed: sealed ?? null,
      secretHash: hashOf(secret),
      created: now,
      revoked: null,
    })
    .execute()
  return { secret }
}

type KeyChange = Partial<Pick<KeyRecord, ChangeableKeyField>>

async function changeKey(handle: DatabaseHandle, id: string, change: KeyChange): Promise<boolean> {
  const { scopes, quotas, plan, settings, name } = change
  const changed = {
    name,
    plan,
    scopes: scopes && writeJson(scopes),
    quotas: quotas && writeJson(quotas),
    settings: settings && writeJson(settings),
  }
  if (isNothing(changed)) return (await rowOf(handle, id)) !== undefined
  const { numUpdatedRows } = await handle.db
    .updateTable('keys')
    .set(changed)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function revokeKey({ db }: DatabaseHandle, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('keys')
    .set({ revoked: now })
    .where('id', '=', id)
    .where('revoked', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other))

/** The row without its hash and its sealed secret, so that neither can leak into an answer or a log. */
function keyOf({ secretHash: _, sealed: __, ...row }: Selectable<DatabaseSchema['keys']>): KeyRecord {
  return {
    ...row,
    scopes: readJson<string[]>(row.scopes),
    quotas: readJson<JsonObject>(row.quotas),
    settings: readJson<JsonObject>(row.settings),
  }
}
