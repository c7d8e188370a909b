// Source bytes on their way to a child: small ones as they are, large ones as one file for all who read them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createHandover, type HandedOver, type Handover } from '../../work/handover.ts'

const folder = join(mkdtempSync(join(tmpdir(), 'halftone-handover-')), 'lent')
const opened: Handover[] = []
afterEach(() => {
  for (const handover of opened.splice(0)) handover.close()
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

function aHandover(): Handover {
  const handover = createHandover(folder)
  opened.push(handover)
  return handover
}

const large = (fill: number) => new Uint8Array(300_000).fill(fill)
const fileOf = (source: HandedOver): string => ('file' in source ? source.file : 'no file')

test('small bytes need no file', async () => {
  const bytes = new Uint8Array(1000)
  expect((await aHandover().lend(bytes)).source).toBe(bytes)
  expect(existsSync(folder)).toBe(false)
})

test('large bytes lie in one file, however many read them', async () => {
  const handover = aHandover()
  const bytes = large(7)
  const loans = await Promise.all([handover.lend(bytes), handover.lend(bytes), handover.lend(large(8))])
  const [one, same, other] = loans.map(({ source }) => fileOf(source))
  expect(one).toBe(same)
  expect(one).not.toBe(other)
  expect(readFileSync(one ?? '').equals(bytes)).toBe(true)
})

test('the file goes when nobody has wanted it for a while', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const handover = aHandover()
  const bytes = large(7)
  const first = await handover.lend(bytes)
  first.giveBack()
  const second = await handover.lend(bytes)
  vi.advanceTimersByTime(60_000)
  expect(existsSync(fileOf(second.source))).toBe(true)
  second.giveBack()
  vi.advanceTimersByTime(60_000)
  vi.useRealTimers()
  await expect.poll(() => existsSync(fileOf(second.source))).toBe(false)
})

test('where no file can be written, the bytes go as they are', async () => {
  const handover = aHandover()
  fileOf((await handover.lend(large(1))).source)
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'in the way')
  const bytes = large(2)
  expect((await handover.lend(bytes)).source).toBe(bytes)
})

test('closing leaves nothing behind', async () => {
  const handover = aHandover()
  await handover.lend(large(7))
  handover.close()
  expect(existsSync(folder)).toBe(false)
})
