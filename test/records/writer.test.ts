import { expect, test } from 'vitest'
import type { Thread } from '../../records/sqlite/thread.ts'
import { createWriter } from '../../records/sqlite/writer.ts'
import { times } from './rows.ts'

/** A thread that only notes what it was asked, and refuses what it is told to refuse. */
function aThread(refused: string[] = []): Thread & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    ask: async (sql) => {
      asked.push(sql)
      const at = refused.indexOf(sql)
      if (at < 0) return { rows: [] }
      refused.splice(at, 1)
      throw new Error(`${sql} was refused`)
    },
    close: async () => {},
  }
}

test('fifty that write at once share one commit, and none is acknowledged before it', async () => {
  const thread = aThread()
  const writer = createWriter(thread)
  let acknowledged = 0
  const member = async (i: number): Promise<void> => {
    const group = await writer.enter()
    await thread.ask(`write ${i}`)
    expect(acknowledged).toBe(0)
    await writer.leave(group)
    acknowledged++
  }
  await Promise.all(times(50, member))
  expect(thread.asked).toEqual(['begin immediate', ...times(50, (i) => `write ${i}`), 'commit'])
})

test('one alone waits for nobody', async () => {
  const thread = aThread()
  const writer = createWriter(thread)
  await writer.leave(await writer.enter())
  await writer.leave(await writer.enter())
  expect(thread.asked).toEqual(['begin immediate', 'commit', 'begin immediate', 'commit'])
})

test('when the commit fails each member is told, and the next group begins anew', async () => {
  const thread = aThread(['commit'])
  const writer = createWriter(thread)
  const settled = await Promise.allSettled(times(3, async () => writer.leave(await writer.enter())))
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await writer.leave(await writer.enter())
  expect(thread.asked).toEqual(['begin immediate', 'commit', 'rollback', 'begin immediate', 'commit'])
})

test('when no transaction can be begun the first is told, and the next tries for itself', async () => {
  const thread = aThread(['begin immediate'])
  const writer = createWriter(thread)
  const settled = await Promise.allSettled(times(2, async () => writer.leave(await writer.enter())))
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})

test('a group that is lost is never committed, and all its members are told', async () => {
  const thread = aThread()
  const writer = createWriter(thread)
  const first = await writer.enter()
  const told = writer.leave(first)
  const second = await writer.enter()
  expect(second).toBe(first)
  writer.lose(second, new Error('the disk is full'))
  await expect(writer.leave(second)).rejects.toThrow('the disk is full')
  await expect(told).rejects.toThrow('the disk is full')
  await writer.leave(await writer.enter())
  expect(thread.asked).toEqual(['begin immediate', 'rollback', 'begin immediate', 'commit'])
})
