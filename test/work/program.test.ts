// Other programs within bounds: how each end of one is told, and that none outlives its order.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type ProgramRun, runProgram } from '../../work/program.ts'

const MB = 2 ** 20
const bounds = { timeoutMs: 60_000, memoryBytes: 4096 * MB, fileBytes: MB }

const node = (script: string, more: Partial<ProgramRun> = {}) =>
  runProgram({ program: '/bin/sh', args: ['-c', script], bounds, ...more })

test('what it reads, prints and complains of', async () => {
  const input = [Buffer.from('one '), Buffer.from('two')]
  expect(await node('cat; echo oh no >&2', { input })).toEqual({
    how: 'done',
    output: 'one two',
    errors: 'oh no\n',
  })
})

test.each([
  ['exit 0', 'done'],
  ['exit 3', 'failed'],
  ['kill -SEGV $$', 'failed'],
  ['exit 127', 'missing'],
])('%s is %s', async (script, how) => {
  expect((await node(script)).how).toBe(how)
})

test.each(['halftone-no-such-program', '/no/such/program', tmpdir()])('%s is missing', async (program) => {
  expect((await runProgram({ program, args: [], bounds })).how).toBe('missing')
})

test('one that works on files of strangers sees nothing of our environment', async () => {
  vi.stubEnv('HALFTONE_SECRET', 'a-secret')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect((await node('echo $HALFTONE_SECRET')).output).toBe('a-secret\n')
  expect((await node('echo $HALFTONE_SECRET', { isApart: true })).output).toBe('\n')
})

test('one that does not end is killed', async () => {
  const pid = 'echo $$; exec sleep 600'
  const { how, output } = await node(pid, { bounds: { ...bounds, timeoutMs: 300 } })
  expect(how).toBe('late')
  expect(() => process.kill(Number(output), 0)).toThrow('ESRCH')
})

test('one that reads nothing does not hold up who writes to it', async () => {
  const input = Array.from({ length: 64 }, () => Buffer.alloc(MB))
  expect((await node('exit 0', { input })).how).toBe('done')
})

test('one that prints without end is read, and not kept', async () => {
  const { output } = await node('head -c 4000000 /dev/zero')
  expect(output.length).toBe(256 * 1024)
})

test.skipIf(process.platform !== 'linux')(
  'one that writes more than it may is stopped (needs Linux)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'halftone-program-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const { how } = await node(`exec head -c ${4 * MB} /dev/zero > ${folder}/large`)
    expect(how).toBe('large')
  },
)

test.skipIf(process.platform !== 'linux')(
  'one that takes more memory than it may fails (needs Linux)',
  async () => {
    const program = process.execPath
    const args = ['-e', 'Buffer.alloc(2 ** 30, 1)']
    const less = { ...bounds, memoryBytes: 300 * MB }
    expect((await runProgram({ program, args, bounds: less })).how).not.toBe('done')
  },
)
