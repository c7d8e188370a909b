// The seam between a child process and what it is for: a module whose default export makes a foreman, who carries out
// orders on worker threads. Orders and answers are plain values: they cross from process to process.

export interface Foreman {
  /** Never rejects for what an order is about: that is an answer. Rejects where the worker itself failed. */
  carryOut(order: unknown): Promise<unknown>
}

export type CreateForeman<Options = unknown> = (options: Options) => Foreman

/** Which module, and what it is told at its start. */
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
