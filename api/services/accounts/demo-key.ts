// The demo project: one key that anybody at this machine may read on the start page, and nobody else may use.
import type { KeyRecord, Records } from '../../../records/index.ts'

export const demoProject = 'demo'

export interface DemoOptions {
  readonly records: Records
  readonly secretOf: (key: KeyRecord) => Promise<string | undefined>
  readonly create: () => Promise<{ readonly key: KeyRecord; readonly secret: string }>
}

/** The key of before, when its secret can still be opened; else a new one. */
export async function demoKey({ records, secretOf, create }: DemoOptions) {
  for (const key of await records.keys.find(demoProject)) {
    const secret = key.revoked === null && key.name === demoProject ? await secretOf(key) : undefined
    if (secret !== undefined) return { id: key.id, secret }
  }
  const { key, secret } = await create()
  return { id: key.id, secret }
}
