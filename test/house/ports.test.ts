// Ports that tests hand to servers: no two processes ever hand out the same, however their numbers fall.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freePorts } from '../servers/ports.ts'

const run = promisify(execFile)
const ports = new URL('../servers/ports.ts', import.meta.url).href
/** In a process whose number claims to be ours. */
const elsewhere = `Object.defineProperty(process, 'pid', { value: ${process.pid} })
const { freePorts } = await import(${JSON.stringify(ports)})
console.log(JSON.stringify(await freePorts(20)))`

test('processes whose numbers fall on one block have blocks of their own', async () => {
  const ours = await freePorts(20)
  const theirs = await Promise.all(
    [1, 2, 3].map(async () => {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', elsewhere])
      return JSON.parse(stdout) as number[]
    }),
  )
  for (const each of theirs) expect(each.filter((port) => ours.includes(port))).toEqual([])
})
