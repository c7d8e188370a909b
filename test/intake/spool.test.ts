import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { aFolder, anIntake } from './intakes.ts'

/** A file of another process's folder; the process is ended by the test, or has ended. */
async function aFileOf(dir: string, change: (name: string[]) => void): Promise<string> {
  const intake = anIntake({ dir })
  const { file } = await intake.receive(Readable.from(['x']).map(Buffer.from), { maxBytes: 10 })
  const name = basename(dirname(file)).split('.')
  change(name)
  const folder = join(dir, name.join('.'))
  mkdirSync(folder, { recursive: true })
  const copy = join(folder, 'left')
  writeFileSync(copy, 'x')
  return copy
}

async function aProcess(): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn('sleep', ['60'])
  await new Promise((resolve) => child.on('spawn', resolve))
  const end = async () => {
    const gone = new Promise((resolve) => child.on('exit', resolve))
    child.kill()
    await gone
  }
  onTestFinished(() => void child.kill())
  return { pid: Number(child.pid), end }
}

test('what a process left that has died is removed', async () => {
  const dir = aFolder()
  const other = await aProcess()
  await other.end()
  const left = await aFileOf(dir, (name) => name.splice(0, 2, String(other.pid), '1'))
  await anIntake({ dir }).sweep()
  expect(existsSync(left)).toBe(false)
})

test('what a living process is receiving stays', async () => {
  const dir = aFolder()
  const intake = anIntake({ dir })
  const { file } = await intake.receive(Readable.from([Buffer.from('x')]), { maxBytes: 10 })
  await anIntake({ dir }).sweep()
  expect(existsSync(file)).toBe(true)
})

test('a number that came again is not taken for the process that had it', async () => {
  const dir = aFolder()
  const other = await aProcess()
  const left = await aFileOf(dir, (name) => name.splice(0, 2, String(other.pid), '1'))
  await anIntake({ dir }).sweep()
  expect(existsSync(left)).toBe(false)
})

test('a process in another container is believed alive as long as it touches its folder', async () => {
  const dir = aFolder()
  const elsewhere = await aFileOf(dir, (name) => name.splice(0, 3, '1', '1', '0123456789ab'))
  await anIntake({ dir }).sweep()
  expect(existsSync(elsewhere)).toBe(true)
  const old = new Date(Date.now() - 2 * 3600_000)
  utimesSync(dirname(elsewhere), old, old)
  await anIntake({ dir }).sweep()
  expect(existsSync(elsewhere)).toBe(false)
})

test('nothing else in the folder is touched', async () => {
  const dir = aFolder()
  writeFileSync(join(dir, 'README'), 'mine')
  mkdirSync(join(dir, '1.2.3'))
  await anIntake({ dir }).sweep()
  expect(readdirSync(dir).sort()).toEqual(['1.2.3', 'README'])
})

test('closing removes what is left of this process', async () => {
  const dir = aFolder()
  const intake = anIntake({ dir })
  await intake.receive(Readable.from([Buffer.from('x')]), { maxBytes: 10 })
  await intake.close()
  expect(readdirSync(dir)).toEqual([])
})

test('a folder that somebody removed is made again', async () => {
  const dir = aFolder()
  const intake = anIntake({ dir })
  await intake.receive(Readable.from([Buffer.from('x')]), { maxBytes: 10 })
  const { rmSync } = await import('node:fs')
  rmSync(dir, { recursive: true })
  const { file } = await intake.receive(Readable.from([Buffer.from('x')]), { maxBytes: 10 })
  expect(existsSync(file)).toBe(true)
})
