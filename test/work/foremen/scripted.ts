// A foreman that does what the order says, on the child's own thread: for tests of the parent.
import type { Foreman } from '../../../work/foreman.ts'

export interface Script {
  /** 'pid', 'die' after so long, 'hang', 'throw', 'grow' by so many MB, or the bytes of a file. */
  readonly does: 'pid' | 'die' | 'hang' | 'throw' | 'grow'
  readonly ms?: number
  readonly megabytes?: number
}

const kept: Buffer[] = []

export default function createForeman(): Foreman {
  return {
    async carryOut(order) {
      const { does, ms = 0, megabytes = 0 } = order as Script
      if (does === 'hang') for (;;);
      if (does === 'throw') throw new Error('a mistake of ours')
      if (does === 'grow') kept.push(Buffer.alloc(megabytes * 2 ** 20, 1))
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (does === 'die') process.kill(process.pid, 'SIGKILL')
      return process.pid
    },
  }
}
