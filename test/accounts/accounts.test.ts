// Who is let in, by what, and how much they may do.
import { createHmac } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAccounts, instanceSecret } from '../../api/services/accounts/index.ts'
import { openRecords, type Records } from '../../records/index.ts'
import { aFile } from '../records/folder.ts'
import { kindOfRejection } from '../refusals.ts'

const noon = Date.UTC(2026, 10, 21, 12)
const secret = 'an instance secret of its own'

async function theRecords(): Promise<Records> {
  const records = await openRecords({ file: aFile() })
  onTestFinished(() => records.close())
  return records
}

async function theAccounts({ isDemo = true, records }: { isDemo?: boolean; records?: Records } = {}) {
  const kept = records ?? (await theRecords())
  return { records: kept, accounts: createAccounts({ records: kept, secret, isDemo, now: () => noon }) }
}

const wanted = { project: 'shop', user: 'ann', scopes: ['optimise'] }
describe('a key', () => {
  test('lets in by its id and secret, in two words or one', async () => {
    const { accounts } = await theAccounts()
    const { key, secret } = await accounts.create(wanted)
    expect(await accounts.bySecret(key.id, secret)).toEqual(key)
    expect(await accounts.byToken(`${key.id}.${secret}`)).toEqual(key)
    expect(await accounts.byPublicKey(key.id)).toEqual(key)
    expect(key.id).toMatch(/^[0-9a-f]{20}$/)
  })

  test.each([
    ['an unknown id', (id: string, own: string) => [`${id}0`, own]],
    ['a wrong secret', (id: string, own: string) => [id, `${own}x`]],
    ['no secret', (id: string) => [id, '']],
  ])('does not let in by %s', async (_, wrong) => {
    const { accounts } = await theAccounts()
    const { key, secret } = await accounts.create(wanted)
    const [id = '', given = ''] = wrong(key.id, secret)
    expect(await kindOfRejection(accounts.bySecret(id, given))).toBe('bad-credentials')
    expect(await kindOfRejection(accounts.byToken(`${id}.${given}`))).toBe('bad-credentials')
    expect(await kindOfRejection(accounts.byToken(given))).toBe('bad-credentials')
  })

  test('is dead when it is revoked, its public half too', async () => {
    const { accounts, records } = await theAccounts()
    const { key, secret } = await accounts.create(wanted)
    await records.keys.revoke(key.id, noon)
    expect(await kindOfRejection(accounts.bySecret(key.id, secret))).toBe('bad-credentials')
    expect(await kindOfRejection(accounts.byPublicKey(key.id))).toBe('bad-credentials')
  })

  test('checks what was signed with its secret, and the database alone could not', async () => {
    const { accounts, records } = await theAccounts()
    const { key, secret } = await accounts.create(wanted)
    const signature = createHmac('sha256', secret).update('1900000000').digest('hex')
    const signed = { algorithm: 'sha256', text: '1900000000', signature } as const
    expect(await accounts.isSigned(key, signed)).toBe(true)
    expect(await accounts.isSigned(key, { ...signed, text: '1900000001' })).toBe(false)
    expect(await accounts.isSigned(key, { ...signed, signature: signature.slice(1) })).toBe(false)
    const stranger = createAccounts({ records, secret: 'another instance secret', isDemo: true })
    expect(await stranger.isSigned(key, signed)).toBe(false)
    expect(await records.keys.sealedOf(key.id)).not.toContain(secret)
  })

  test('may do what its scopes say', async () => {
    const { accounts } = await theAccounts()
    const { key } = await accounts.create(wanted)
    accounts.require(key, 'optimise')
    expect(() => accounts.require(key, 'keys')).toThrow("lacks the scope 'keys'")
    accounts.require({ ...key, scopes: ['*'] }, 'keys')
    expect(await kindOfRejection(accounts.create({ ...wanted, scopes: ['everything'] }))).toBe('bad-option')
  })

  test('is stopped by its quota, and begins anew with the month', async () => {
    const { accounts, records } = await theAccounts()
    const { key } = await accounts.create({ ...wanted, quotas: { calls: 2 } })
    await records.usage.count(key.id, { calls: 5 }, Date.UTC(2026, 9, 31, 23))
    await records.usage.count(key.id, { calls: 1 }, noon)
    await accounts.admit(key)
    await records.usage.count(key.id, { calls: 1 }, noon)
    expect(await kindOfRejection(accounts.admit(key))).toBe('over-quota')
    expect(await accounts.standing(key)).toMatchObject({ used: { calls: 2 }, quotas: { calls: 2 } })
  })
})

describe('the demo project', () => {
  test('has one key, the same after a restart, until it is revoked', async () => {
    const { accounts, records } = await theAccounts()
    const [demo, again] = await Promise.all([accounts.demo(), accounts.demo()])
    expect(again).toEqual(demo)
    expect(await (await theAccounts({ records })).accounts.demo()).toEqual(demo)
    await accounts.bySecret(demo?.id ?? '', demo?.secret ?? '')
    await records.keys.revoke(demo?.id ?? '', noon)
    expect((await accounts.demo())?.id).not.toBe(demo?.id)
  })

  test('does not exist beyond this machine, though its key is in the database', async () => {
    const { accounts, records } = await theAccounts()
    const demo = await accounts.demo()
    const open = (await theAccounts({ isDemo: false, records })).accounts
    expect(await open.demo()).toBeUndefined()
    expect(await kindOfRejection(open.bySecret(demo?.id ?? '', demo?.secret ?? ''))).toBe('bad-credentials')
    expect(await kindOfRejection(open.byPublicKey(demo?.id ?? ''))).toBe('bad-credentials')
  })
})

test('an instance draws its secret once, however many processes begin at once, for its own user only', async () => {
  const file = join(aFile(), '..', 'secret')
  const drawn = await Promise.all(Array.from({ length: 8 }, () => instanceSecret(file)))
  expect(new Set(drawn).size).toBe(1)
  expect(drawn[0]).toHaveLength(43)
  expect(readFileSync(file, 'utf8')).toBe(drawn[0])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
