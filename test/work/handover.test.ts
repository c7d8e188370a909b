// Bytes on their way to a child: few as they are, many as one file that stays for the orders that follow.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHandover, type Handover, type HandoverOptions, type Loan } from '../../work/handover.ts'

const folder = join(mkdtempSync(join(tmpdir(), 'halftone-handover-')), 'lent')
const opened: Handover[] = []
afterEach(() => {
  for (const handover of opened.splice(0)) handover.close()
  rmSync(folder, { recursive: true, force: true })
})

function aHandover(options: HandoverOptions = {}): Handover {
  const handover = createHandover({ folder, ...options })
  opened.push(handover)
  return handover
}

const large = (fill: number) => new Uint8Array(300_000).fill(fill)
const fileOf = (loan: Loan | undefined): string =>
  loan && 'file' in loan.handed ? loan.handed.file : 'no file'

test('few bytes need no file', async () => {
  const handover = aHandover()
  const bytes = new Uint8Array(1000)
  expect((await handover.lend('few', bytes)).handed).toBe(bytes)
  expect([await handover.find('few'), existsSync(folder)]).toEqual([undefined, false])
})

test('many bytes lie in one file, however many read them', async () => {
  const handover = aHandover()
  const loans = await Promise.all([
    handover.lend('seven', large(7)),
    handover.lend('seven', large(7)),
    handover.lend('eight', large(8)),
  ])
  const [one, same, other] = loans.map(fileOf)
  expect(one).toBe(same)
  expect(one).not.toBe(other)
  expect(readFileSync(one ?? '').equals(large(7))).toBe(true)
})

test('a file is found again by its key, without its bytes', async () => {
  const handover = aHandover()
  const lent = await handover.lend('seven', large(7))
  lent.giveBack()
  expect(fileOf(await handover.find('seven'))).toBe(fileOf(lent))
  expect(await handover.find('eight')).toBeUndefined()
})

test('past the limit the files go that were not used for longest, and none that is in use', async () => {
  const handover = aHandover({ maxBytes: 700_000 })
  const used = await handover.lend('used', large(1))
  const lent = []
  for (const key of ['a', 'b', 'c']) {
    const loan = await handover.lend(key, large(2))
    loan.giveBack()
    lent.push(loan)
  }
  expect([await handover.find('a'), await handover.find('b')]).toEqual([undefined, undefined])
  await expect.poll(() => readdirSync(folder).length).toBe(2)
  expect(existsSync(fileOf(used))).toBe(true)
  expect(fileOf(await handover.find('c'))).toBe(fileOf(lent[2]))
})

test('what is to be forgotten goes at once', async () => {
  const handover = aHandover()
  const loan = await handover.lend('private', large(7))
  handover.forget('private')
  expect(existsSync(fileOf(loan))).toBe(true)
  loan.giveBack()
  handover.forget('private')
  await expect.poll(() => existsSync(fileOf(loan))).toBe(false)
})

test('where no file can be written, the bytes go as they are', async () => {
  const handover = aHandover()
  await handover.lend('first', large(1))
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'in the way')
  const bytes = large(2)
  expect((await handover.lend('second', bytes)).handed).toBe(bytes)
})

test('what a process left there is removed at the first use', async () => {
  const before = aHandover()
  await before.lend('old', large(1))
  await aHandover().lend('new', large(2))
  expect(readdirSync(folder)).toHaveLength(1)
})

test('closing leaves nothing behind', async () => {
  const handover = aHandover()
  await handover.lend('seven', large(7))
  handover.close()
  expect(existsSync(folder)).toBe(false)
})
