// API keys from the command line: the first one has nobody to ask for it over HTTP.
import { join } from 'node:path'
import { checkPlan, createAccounts, instanceSecret, type Quotas } from '../api/services/accounts/index.ts'
import { openConfiguredRecords } from '../assembly/records.ts'
import type { Config } from '../config.ts'
import { Failure } from '../errors.ts'
import { noLimits, noPlan } from '../limits/rules.ts'
import type { Records } from '../records/index.ts'

export interface NewKeyOptions {
  readonly project: string
  readonly user: string
  readonly name?: string
  readonly scope: readonly string[]
  readonly calls?: string
  readonly bytes?: string
  readonly plan?: string
  readonly signedUploads?: boolean
  readonly json?: boolean
}

export async function addKey(config: Config, options: NewKeyOptions): Promise<void> {
  if (options.plan !== undefined) checkPlan(config.limits ?? noLimits, options.plan)
  await withRecords(config, async (records) => {
    const secret = config.secret ?? (await instanceSecret(join(config.dataDir, 'secret')))
    const accounts = createAccounts({ records, secret, isDemo: true })
    const { key, secret: drawn } = await accounts.create({
      project: options.project,
      user: options.user,
      scopes: options.scope,
      quotas: quotasOf(options),
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.plan === undefined ? {} : { plan: options.plan }),
      ...(options.signedUploads ? { settings: { signedUploads: true } } : {}),
    })
    if (options.json) return void console.log(JSON.stringify({ ...key, secret: drawn }))
    console.log(`id      ${key.id}\nsecret  ${drawn}\ntoken   ${key.id}.${drawn}`)
    console.log('\nThe secret is shown this once.')
  })
}

export async function listKeys(
  config: Config,
  { project, json }: { project: string; json?: boolean },
): Promise<void> {
  await withRecords(config, async (records) => {
    const keys = await records.keys.find(project)
    if (json) return void console.log(JSON.stringify(keys))
    for (const { id, user, name, scopes, plan, revoked } of keys)
      console.log(
        [
          ...[id, user, name || '-', scopes.join(','), plan || '-'],
          revoked === null ? 'active' : 'revoked',
        ].join('  '),
      )
    if (keys.length === 0) console.log(`The project '${project}' has no keys.`)
  })
}

/** `plan` is false where the key is to have none. */
export async function changeKey(
  config: Config,
  { id, plan }: { id: string; plan?: string | false },
): Promise<void> {
  if (plan === undefined) throw new Failure('bad-option', 'Expected --plan <name> or --no-plan')
  const wanted = plan === false ? noPlan : plan
  checkPlan(config.limits ?? noLimits, wanted)
  await withRecords(config, async (records) => {
    if (!(await records.keys.change(id, { plan: wanted })))
      throw new Failure('not-found', `There is no key '${id}'.`)
    console.log(wanted === noPlan ? `${id} has no plan` : `${id} has the plan ${wanted}`)
  })
}

export async function revokeKey(config: Config, id: string): Promise<void> {
  await withRecords(config, async (records) => {
    if (await records.keys.revoke(id, Date.now())) return void console.log(`${id} is revoked`)
    throw new Failure('not-found', `There is no active key '${id}'.`)
  })
}

/** Also while a server runs: both databases take several processes. */
async function withRecords(config: Config, work: (records: Records) => Promise<void>): Promise<void> {
  const records = await openConfiguredRecords(config)
  try {
    await work(records)
  } finally {
    await records.close()
  }
}

function quotasOf({ calls, bytes }: NewKeyOptions): Quotas {
  return {
    ...(calls === undefined ? {} : { calls: count('--calls', calls) }),
    ...(bytes === undefined ? {} : { bytes: count('--bytes', bytes) }),
  }
}

function count(option: string, written: string): number {
  if (/^\d{1,15}$/.test(written)) return Number(written)
  throw new Failure('bad-option', `Expected a number for ${option}, received ${written}`, { option })
}
