// What crosses between a process and the threads that hold its SQLite connections.

export interface ConnectionOptions {
  readonly file: string
  readonly role: 'writer' | 'reader'
}

/** A statement; without `sql` the wish to close. */
export interface StatementRequest {
  readonly id: number
  readonly sql?: string
  readonly parameters: readonly unknown[]
}

export interface Rows {
  readonly rows: readonly unknown[]
  /** Of a statement that returns no rows. */
  readonly changes?: number
}

export interface StatementFailure {
  readonly message: string
  /** SQLite's extended result code. */
  readonly code: number | undefined
  /** False when SQLite itself rolled everything back: a full disk, a failed write. */
  readonly isInTransaction: boolean
}

export type StatementReply = { readonly id: number } & (Rows | { readonly failed: StatementFailure })
