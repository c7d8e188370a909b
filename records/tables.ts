// The tables as the query builder sees them: camelCase here, snake_case in SQL. Times are milliseconds since 1970,
// yes and no are 1 and 0, and what nobody searches by is JSON text: the same on both databases.
import type { Generated, Kysely } from 'kysely'
import type { Seal } from './sealing.ts'

export type FileState = 'uploading' | 'ready' | 'removed'
export type JobState = 'waiting' | 'running' | 'done' | 'dead'

export interface DatabaseSchema {
  files: {
    id: string
    project: string
    name: string
    bytes: number
    type: string
    state: FileState
    facts: string | null
    metadata: string
    tags: string
    upload: string | null
    stored: number | null
    created: number
    removed: number | null
    storageKey: string | null
  }
  purges: { id: number; token: string; purges: string | null }
  groups: { id: string; project: string; files: string; created: number }
  fetched: { project: string; urlHash: string; file: string }
  results: {
    id: string
    created: number
    keyId: string
    user: string
    sourceFormat: string
    sourceBytes: number
    format: string
    bytes: number
    mode: string
    level: string | null
    hasIcc: number
    iccName: string | null
    uniqueColours: number | null
    score: number | null
    quality: number | null
    ms: number | null
    detail: string | null
    expires: number | null
    storageKey: string | null
  }
  usage: {
    keyId: string
    day: string
    calls: number
    failures: number
    bytesIn: number
    bytesOut: number
    bytesSaved: number
  }
  reservations: { id: string; keyId: string; calls: number; bytes: number; expires: number }
  keys: {
    id: string
    project: string
    user: string
    name: string
    secretHash: string
    sealed: string | null
    settings: string
    scopes: string
    quotas: string
    plan: string
    created: number
    revoked: number | null
  }
  jobs: {
    id: string
    queue: string
    project: string
    payload: string
    state: JobState
    /** When it may be claimed: the start while waiting, the end of the lease while running, null afterwards. */
    due: number | null
    attempt: number
    maxAttempts: number
    /** Attempts of the sendings before this one. */
    earlier: number
    /** Jobs of one lane wait together: see fair-lanes.ts. */
    lane: string
    /** Only grows: what a worker shows to prove that the lease is still its own. */
    claims: number
    error: string | null
    created: number
    finished: number | null
  }
  deliveries: {
    id: string
    jobId: string
    project: string
    event: string
    url: string
    attempt: number
    status: number | null
    ms: number
    error: string | null
    at: number
  }
  hooks: {
    id: Generated<number>
    project: string
    event: string
    targetUrl: string
    isActive: number
    /** In clear: written by an earlier version, or without a seal. */
    signingSecret: string | null
    sealed: string | null
    version: string
    created: number
    updated: number
  }
}

/** Which database this is, for the few statements that the two need to have different. */
export type DatabaseKind = 'sqlite' | 'postgres'

export interface DatabaseHandle {
  readonly db: Kysely<DatabaseSchema>
  readonly kind: DatabaseKind
  /** Undefined for callers that keep no secrets: secrets would be stored in clear. */
  readonly seal?: Seal | undefined
}
