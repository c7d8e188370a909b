// What the records promise of webhooks' secrets: the database alone gives none away.
import { expect, test } from 'vitest'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { openDatabase } from '../../records/database.ts'
import { type DatabaseLocation, openRecords } from '../../records/index.ts'
import { noon } from '../records/rows.ts'

const hook = {
  ...{ project: 'sealed', event: 'file.uploaded', targetUrl: 'https://a.example/' },
  ...{ isActive: true, signingSecret: 'whisper', version: '1' },
}

export function sealingContract(open: () => Promise<DatabaseLocation>): void {
  const seal = createSeal('the secret of this instance')
  const inDatabase = async (where: DatabaseLocation): Promise<string> => {
    const { db, close } = await openDatabase(where)
    const rows = await db.selectFrom('hooks').selectAll().execute()
    await close()
    return JSON.stringify(rows)
  }

  test('the secret of a webhook lies sealed, and comes back as it was', async () => {
    const where = await open()
    const records = await openRecords(where, noon, seal)
    const added = await records.hooks.add(hook, noon)
    expect(added?.signingSecret).toBe('whisper')
    expect(await inDatabase(where)).not.toContain('whisper')
    const id = added?.id ?? 0
    expect((await records.hooks.change(id, { signingSecret: 'murmur' }, noon))?.signingSecret).toBe('murmur')
    const [found] = await records.hooks.findFor('sealed', 'file.uploaded')
    expect(found).toEqual({ ...hook, id, signingSecret: 'murmur', created: noon, updated: noon })
    expect(await inDatabase(where)).not.toMatch(/whisper|murmur/)
    expect((await records.hooks.change(id, { signingSecret: null }, noon))?.signingSecret).toBeNull()
    await records.close()
  })

  test('a secret from before is sealed when the database is opened', async () => {
    const where = await open()
    const before = await openRecords(where, noon)
    await before.hooks.add(hook, noon)
    await before.hooks.add({ ...hook, event: 'file.stored', signingSecret: null }, noon)
    await before.close()
    expect(await inDatabase(where)).toContain('whisper')
    const records = await openRecords(where, noon, seal)
    expect(await inDatabase(where)).not.toContain('whisper')
    const found = await records.hooks.find('sealed')
    expect(found.map(({ signingSecret }) => signingSecret)).toEqual(['whisper', null])
    await records.close()
  })

  test('what another instance sealed cannot be read', async () => {
    const where = await open()
    const theirs = await openRecords(where, noon, createSeal('another'))
    await theirs.hooks.add(hook, noon)
    await theirs.close()
    const ours = await openRecords(where, noon, seal)
    expect((await ours.hooks.find('sealed')).map(({ signingSecret }) => signingSecret)).toEqual([null])
    await ours.close()
  })
}
