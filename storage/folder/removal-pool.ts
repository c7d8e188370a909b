// The removing threads, as the code that gives them work sees them.
import { Worker } from 'node:worker_threads'
import type { Removal, Removed } from './removal-thread.ts'

export interface Remover {
  remove(removal: Removal): Promise<Removed>
  end(): Promise<void>
}

export function startRemover(): Remover {
  const worker = new Worker(new URL('./removal-thread.ts', import.meta.url))
  worker.unref()
  return {
    remove: (removal) =>
      new Promise<Removed>((resolve, reject) => {
        worker.ref()
        const settle = (answer: Removed | Error) => {
          worker.off('message', settle).off('error', settle).unref()
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
        worker.once('message', settle).once('error', settle)
        worker.postMessage(removal)
      }),
    async end() {
      await worker.terminate()
    },
  }
}
