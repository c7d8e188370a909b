// A program with nothing else to do: it has one order carried out, closes, and says so.
import { createProcesses } from '../../../work/processes.ts'

const module = new URL('./scripted.ts', import.meta.url).href
const processes = createProcesses({ module, options: {}, niceness: 0, maxMemory: 2 ** 40 })
await processes.run({ does: 'pid' }, { mostMs: 60_000 })
await processes.close()
console.log('closed')
