// Work in child processes: who dies with whom, what is refused, and when a child is replaced.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { createProcesses, type Processes, type ProcessesOptions } from '../../work/processes.ts'
import type { Script } from './foremen/scripted.ts'

const opened: Processes[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((processes) => processes.close()))
})

function aCrew(options: Partial<ProcessesOptions> = {}) {
  const ends: Error[] = []
  const processes = createProcesses({
    module: new URL('./foremen/scripted.ts', import.meta.url).href,
    options: {},
    niceness: 0,
    maxMemory: 2 ** 40,
    ended: (end) => ends.push(end),
    ...options,
  })
  opened.push(processes)
  const run = (order: Script, key?: string) =>
    processes.run(order, { key, mostMs: 60_000 }) as Promise<number>
  return { ...processes, run, ends, pid: () => run({ does: 'pid' }) }
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)

test('one child does all the work', async () => {
  const { pid } = aCrew()
  const [first, second] = await Promise.all([pid(), pid()])
  expect(first).toBe(second)
  expect(first).not.toBe(process.pid)
})

test('a mistake of the worker fails its order alone', async () => {
  const { run, pid } = aCrew()
  const first = await pid()
  await expect(run({ does: 'throw' })).rejects.toThrow('a mistake of ours')
  expect(await pid()).toBe(first)
})

describe('an order that ends its process', () => {
  test('is refused as broken, and the next has a new process', async () => {
    const { run, pid, ends } = aCrew()
    const first = await pid()
    await expect(run({ does: 'die' })).rejects.toMatchObject({ kind: 'source-broken' })
    expect(await pid()).not.toBe(first)
    expect(ends.map(({ name }) => name)).toEqual(['Ended'])
  })

  test('costs no other order: those beside it are done again, each alone', async () => {
    const { run } = aCrew()
    const beside = [run({ does: 'pid', ms: 300 }), run({ does: 'pid', ms: 300 })]
    const guilty = run({ does: 'die', ms: 100 })
    await expect(guilty).rejects.toMatchObject({ kind: 'source-broken' })
    const [one, other] = await Promise.all(beside)
    expect(one).not.toBe(other)
  })

  test('twice is not tried a third time, until ten minutes have passed', async () => {
    let now = 0
    const { run, ends } = aCrew({ now: () => now })
    for (let times = 0; times < 3; times++)
      await expect(run({ does: 'die' }, 'the same bytes')).rejects.toMatchObject({ kind: 'source-broken' })
    expect(ends).toHaveLength(2)
    await expect(run({ does: 'pid' }, 'other bytes')).resolves.toBeGreaterThan(0)
    now += 10 * 60_000
    await expect(run({ does: 'pid' }, 'the same bytes')).resolves.toBeGreaterThan(0)
  })
})

test('a process that hangs is ended, and the orders beside it are done again', async () => {
  const { run, pid } = aCrew()
  const first = await pid()
  const hanging = opened[0]?.run({ does: 'hang' }, { mostMs: 200 })
  const beside = run({ does: 'pid' })
  await expect(hanging).rejects.toMatchObject({ kind: 'late' })
  expect(await beside).not.toBe(first)
})

test('a child that died while it was idle is replaced', async () => {
  const { pid } = aCrew()
  const first = await pid()
  process.kill(first, 'SIGKILL')
  await expect.poll(() => isAlive(first)).toBe(false)
  await expect.poll(pid).not.toBe(first)
})

describe('memory comes back', () => {
  test('a child past its limit finishes what it has, and the next order goes to a new one', async () => {
    const { run, pid } = aCrew({ maxMemory: 160 * 2 ** 20 })
    const slow = run({ does: 'pid', ms: 200 })
    const grown = await run({ does: 'grow', megabytes: 200 })
    const next = await pid()
    expect(next).not.toBe(grown)
    expect(await slow).toBe(grown)
    await expect.poll(() => isAlive(grown)).toBe(false)
  })

  test('a child that has grown and is idle gives it back', async () => {
    const { run, pid } = aCrew({ idleMs: 10 })
    const first = await pid()
    await run({ does: 'grow', megabytes: 100 })
    await expect.poll(() => isAlive(first)).toBe(false)
  })

  test('a child that has not grown stays', async () => {
    const { pid } = aCrew({ idleMs: 1 })
    const first = await pid()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await pid()).toBe(first)
  })

  test('a child that is old is replaced', async () => {
    const { pid } = aCrew({ maxAgeMs: 0 })
    expect(await pid()).not.toBe(await pid())
  })
})

test('closing waits for what is under way, and leaves no process', async () => {
  const { run, close } = aCrew()
  const running = run({ does: 'pid', ms: 100 })
  await close()
  expect(isAlive(await running)).toBe(false)
})

test('a program that has nothing else to do is held until the child has ended', () => {
  const program = fileURLToPath(new URL('./foremen/program.ts', import.meta.url))
  expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toBe('closed\n')
})
