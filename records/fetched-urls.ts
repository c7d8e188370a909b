// The file that a project last downloaded from an address, so that it need not be downloaded again.
import { createHash } from 'node:crypto'
import type { DatabaseHandle } from './tables.ts'

export interface FetchedUrl {
  readonly project: string
  readonly url: string
  readonly file: string
}

export type FetchedUrlTable = ReturnType<typeof createFetchedUrls>

// An address may be long and may hold a secret. It is only ever looked up whole, so its hash is enough.
const hashOf = (url: string): string => createHash('sha256').update(url).digest('hex')

export function createFetchedUrls({ db }: DatabaseHandle) {
  return {
    remember: async ({ project, url, file }: FetchedUrl): Promise<void> => {
      await db
        .insertInto('fetched')
        .values({ project, urlHash: hashOf(url), file })
        .onConflict((conflict) => conflict.columns(['project', 'urlHash']).doUpdateSet({ file }))
        .execute()
    },

    /** The id of the file; whether it is still there, the files know. */
    find: async (project: string, url: string): Promise<string | undefined> => {
      const row = await db
        .selectFrom('fetched')
        .select('file')
        .where('project', '=', project)
        .where('urlHash', '=', hashOf(url))
        .executeTakeFirst()
      return row?.file
    },

    forget: async (file: string): Promise<void> => {
      await db.deleteFrom('fetched').where('file', '=', file).execute()
    },
  }
}
