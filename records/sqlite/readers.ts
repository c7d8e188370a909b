// The reading connections: one, and another as soon as somebody would have to wait for a search that takes long.
import type { Place } from './messages.ts'
import { type Breakable, createThread, type Thread } from './thread.ts'

const mostReaders = 3

export function createReaders(file: Place['file']): Thread {
  const open = (): Reader => ({ thread: createThread({ file, role: 'reader' }), asked: 0 })
  let readers = [open()]
  let isClosed = false

  function leastBusy(): Reader {
    readers = readers.filter(({ thread }) => !thread.isBroken())
    const [least] = readers.toSorted((one, other) => one.asked - other.asked)
    if (least && (least.asked === 0 || readers.length === mostReaders)) return least
    const added = open()
    readers.push(added)
    return added
  }

  return {
    ask: async (sql, parameters) => {
      if (isClosed) throw new Error('the database is closed')
      const reader = leastBusy()
      reader.asked++
      try {
        return await reader.thread.ask(sql, parameters)
      } finally {
        reader.asked--
      }
    },
    close: async () => {
      isClosed = true
      await Promise.all(readers.map(({ thread }) => thread.close()))
    },
  }
}

interface Reader {
  readonly thread: Breakable
  /** What it has not answered yet. */
  asked: number
}
