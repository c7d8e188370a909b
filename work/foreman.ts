// The seam between a child process and its task. The default export of a module makes a foreman, and the foreman
// carries out orders on worker threads. Orders and answers are plain values, because they cross processes.

export interface Foreman {
  /** A failure of the order itself is an answer. Rejects only if the worker failed. */
  carryOut(order: unknown): Promise<unknown>
}

export type CreateForeman<Options = unknown> = (options: Options) => Foreman

/** The module of the foreman, and its options. */
export interface ForemanOrder {
  /** URL of the module. */
  readonly module: string
  readonly options: unknown
}

/** From the parent. */
export interface OrderMessage {
  readonly id: number
  readonly order: unknown
}

/** To the parent, with the memory that the process stands at, in bytes. */
export type ReplyMessage = { readonly id: number; readonly rss: number } & (
  | { readonly answer: unknown }
  /** The worker failed, not the order. */
  | { readonly fault: string }
)
