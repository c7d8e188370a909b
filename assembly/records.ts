// The records that the settings name. What keeps them from being opened is the operator's to mend, so it is told like any
// other fault of the settings, and never with the password of the database.
import { join } from 'node:path'
import { type Config, ConfigFault } from '../config.ts'
import { Failure } from '../errors.ts'
import { type DatabaseLocation, openRecords, type Records, type Seal, tryDatabase } from '../records/index.ts'

/** Throws a ConfigFault when they cannot be opened. */
export async function openConfiguredRecords(config: Config, now?: number, seal?: Seal): Promise<Records> {
  try {
    return await openRecords(whereOf(config), now, seal)
  } catch (thrown) {
    throw new ConfigFault([`${variableOf(config)}: ${sentenceOf(config, thrown)}`])
  }
}

/** Why the database does not answer, if it does not; nothing in it is changed. */
export async function recordsFault(config: Config): Promise<string | undefined> {
  try {
    await tryDatabase(whereOf(config))
    return undefined
  } catch (thrown) {
    return sentenceOf(config, thrown)
  }
}

/** For people: where the database is, without who may enter. */
export const describeDatabase = (config: Config): string =>
  config.database === ''
    ? `SQLite ${join(config.dataDir, 'records.db')}`
    : config.database.replace(/^([\w+.-]*:\/\/).*@/s, '$1').replace(/[?#].*/s, '')

const whereOf = ({ database, dataDir }: Config): DatabaseLocation =>
  database === '' ? { file: join(dataDir, 'records.db') } : { url: database }

const variableOf = ({ database }: Config): string => (database === '' ? 'HALFTONE_DATA' : 'HALFTONE_DATABASE')

function sentenceOf(config: Config, thrown: unknown): string {
  const isAway = thrown instanceof Failure && config.database !== ''
  const { message, code } = (thrown instanceof Failure ? (thrown.details.cause ?? thrown) : thrown) as {
    message?: string
    code?: string
  }
  const verb = isAway ? 'does not answer' : 'cannot be used'
  return `the database ${describeDatabase(config)} ${verb} (${message || code})`
}
