import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createMemoryLog, openFileLog } from '../../purging/index.ts'
import { ofKey, purgeLogContract } from './purge-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-purges-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const aPath = (): string => join(folder, `${++files}.log`)

purgeLogContract('memory', async (bounds) => createMemoryLog(bounds))
purgeLogContract('file', (bounds) => openFileLog({ path: aPath(), ...bounds }))

describe('a log in a file', () => {
  test('says the same when it is opened again, and goes on from there', async () => {
    const path = aPath()
    const log = await openFileLog({ path, now: () => 5000 })
    const logged = await log.append([ofKey('a'), ofKey('b')])
    await log.close()
    const again = await openFileLog({ path, now: () => 1000 })
    expect(await again.since(0)).toEqual(logged)
    const [later] = await again.append([ofKey('c')])
    expect(later?.position).toBeGreaterThan(logged[1]?.position ?? 0)
    await again.close()
  })

  test('forgets a line that a crash cut off, for nobody was told of it', async () => {
    const path = aPath()
    const log = await openFileLog({ path })
    const logged = await log.append([ofKey('a')])
    await log.close()
    appendFileSync(path, '{"position":99999999999999,"isSo')
    const again = await openFileLog({ path })
    expect(await again.since(0)).toEqual(logged)
    const more = await again.append([ofKey('b')])
    await again.close()
    expect(await (await openFileLog({ path })).since(0)).toEqual([...logged, ...more])
  })

  test('that is damaged in the middle purges everything, for it may have said so', async () => {
    const path = aPath()
    writeFileSync(path, `nonsense\n${JSON.stringify({ position: 7, ...ofKey('a') })}\n`)
    const log = await openFileLog({ path, now: () => 1 })
    expect(await log.since(0)).toEqual([
      { position: 7, ...ofKey('a') },
      { position: 8, target: { kind: 'everything' }, isSoft: false },
    ])
  })

  test('does not grow for ever', async () => {
    const path = aPath()
    const log = await openFileLog({ path, most: 10 })
    for (let i = 0; i < 100; i++) await log.append([ofKey('the same')])
    await log.close()
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThanOrEqual(21)
    expect(statSync(path).size).toBeLessThan(4000)
  })
})
