// Accounts over the records' keys: who asks is proven by a secret, a signature, or, for uploads, a public key alone.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import type { JsonObject, KeyRecord, Records } from '../../../records/index.ts'
import { type Accounts, type NewAccountKey, type Quotas, type Scope, scopes } from './accounts.ts'
import { demoKey, demoProject } from './demo-key.ts'
import { createHolds, monthOf, overQuota } from './quota-holds.ts'
import { createSeal } from './secret-sealing.ts'

export {
  type Accounts,
  type Hold,
  type Quotas,
  type Scope,
  type Settings,
  type SignedText,
  scopes,
} from './accounts.ts'
export { instanceSecret } from './instance-secret.ts'
export { checkPlan } from './plans.ts'
export { noHold } from './quota-holds.ts'

export interface AccountsOptions {
  readonly records: Records
  /** Seals the keys' secrets; the same in all processes. */
  readonly secret: string
  /** Whether the demo project exists: only while this server is reached from this machine alone. */
  readonly isDemo: boolean
  readonly now?: () => number
}

export function createAccounts({ records, secret, isDemo, now = Date.now }: AccountsOptions): Accounts {
  const seal = createSeal(secret)
  const holds = createHolds({ records, now })
  let demo: ReturnType<typeof demoKey> | undefined

  async function secretOf({ id }: KeyRecord): Promise<string | undefined> {
    const sealed = await records.keys.sealedOf(id)
    return sealed === undefined ? undefined : seal.open(id, sealed)
  }

  function checkUsable(key: KeyRecord | undefined): KeyRecord {
    if (!key || key.revoked !== null || (key.project === demoProject && !isDemo)) throw wrongKey()
    return key
  }

  async function create(wanted: NewAccountKey) {
    const { quotas = {}, settings = {}, ...rest } = wanted
    checkScopes(rest.scopes)
    // The length of Uploadcare's public keys, which some clients check.
    const id = randomBytes(10).toString('hex')
    const drawn = randomBytes(24).toString('base64url')
    const key = { ...rest, id, quotas: quotas as JsonObject, settings, secret: drawn }
    await records.keys.add({ ...key, sealed: seal.close(id, drawn) }, now())
    return { key: checkUsable(await records.keys.get(id)), secret: drawn }
  }

  const bySecret = async (id: string, given: string) => checkUsable(await records.keys.verify(id, given))

  const standing = (key: KeyRecord) => standingOf(records, key, now())

  return {
    bySecret,
    byToken: async (token) => {
      const at = token.indexOf('.')
      if (at < 0) throw wrongKey()
      return bySecret(token.slice(0, at), token.slice(at + 1))
    },
    byPublicKey: async (id) => checkUsable(await records.keys.get(id)),
    isSigned: async (key, { algorithm, text, signature }) => {
      const own = await secretOf(key)
      if (own === undefined) return false
      return isSame(createHmac(algorithm, own).update(text).digest('hex'), signature)
    },
    requiresSignature: ({ settings }) => settings.signedUploads === true,
    require: requireScope,
    admit: (key) => checkQuota(records, key, now()),
    reserve: (key, bytes = 0) => holds.reserve(key, bytes),
    left: holds.left,
    standing,
    create,
    demo: async () => {
      if (!isDemo) return undefined
      // Asked anew each time, because it may have been revoked; two that ask at once must not draw two.
      demo ??= demoKey({ records, secretOf, create: () => create(demoWanted) }).finally(() => {
        demo = undefined
      })
      return demo
    },
  }
}

function requireScope({ scopes }: KeyRecord, scope: Scope): void {
  if (scopes.includes('*') || scopes.includes(scope)) return
  throw new Failure('not-allowed', `This key may not do that: it lacks the scope '${scope}'.`)
}

async function standingOf(records: Records, key: KeyRecord, now: number) {
  const used = await records.usage.total({ keyIds: [key.id], from: monthOf(now), to: now })
  return { used, quotas: key.quotas as Quotas }
}

async function checkQuota(records: Records, key: KeyRecord, now: number): Promise<void> {
  const quotas = key.quotas as Quotas
  const { calls = Infinity, bytes = Infinity } = quotas
  if (calls === Infinity && bytes === Infinity) return
  const { used } = await standingOf(records, key, now)
  if (used.calls >= calls || used.bytesIn >= bytes) throw overQuota(quotas)
}

const demoWanted: NewAccountKey = {
  project: demoProject,
  user: demoProject,
  name: demoProject,
  scopes: ['*'],
}

function checkScopes(wanted: readonly string[]): void {
  const known: readonly string[] = [...scopes, '*']
  const unknown = wanted.find((scope) => !known.includes(scope))
  if (unknown === undefined && wanted.length > 0) return
  throw new Failure('bad-option', `Expected scopes of ${known.join(', ')}.`, {
    option: 'scopes',
    expected: known.join(', '),
    ...(unknown === undefined ? {} : { received: unknown }),
  })
}

// Of equal length by what is hashed, whatever came in.
const isSame = (expected: string, given: string): boolean => {
  const [one, other] = [Buffer.from(expected), Buffer.from(given.toLowerCase())]
  return one.length === other.length && timingSafeEqual(one, other)
}

const wrongKey = () => new Failure('bad-credentials', 'The API key is unknown, revoked or wrong.')
