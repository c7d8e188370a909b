// What runs in a child process: it hands orders to its foreman, and answers back. It ends with its parent.
import { setPriority } from 'node:os'
import type { CreateForeman, ForemanOrder, OrderMessage, ReplyMessage } from './foreman.ts'

const { module, options, niceness } = JSON.parse(process.argv[2] ?? '{}') as ForemanOrder & {
  readonly niceness: number
}

try {
  setPriority(niceness)
} catch {
  // A system that forbids it: the work is done all the same.
}

// A terminal sends these to all processes at once, and the parent still wants what is under way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit())

const { default: createForeman } = (await import(module)) as { default: CreateForeman }
const foreman = createForeman(options)

const reply = (message: ReplyMessage): void => void process.send?.(message, () => {})

process.on('message', async ({ id, order }: OrderMessage) => {
  try {
    reply({ id, answer: await foreman.carryOut(order), rss: process.memoryUsage.rss() })
  } catch (thrown) {
    const fault = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    reply({ id, fault, rss: process.memoryUsage.rss() })
  }
})
