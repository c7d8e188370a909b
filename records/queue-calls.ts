// The seam of calls between workers.
/** How workers in other processes learn sooner that a queue has work. Without it they look by themselves. */
export interface QueueCalls {
  /** Something was promised to this queue. */
  tell(queue: string): void
  /** Calls back when another process says so; the returned function ends it. */
  hear(queue: string, told: () => void): () => void
}
