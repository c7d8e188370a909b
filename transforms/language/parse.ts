// Reads a client's query into options: what the URL says, before anything is known about client or picture.
import { type Options, requestOptions } from './options.ts'
import { readQuery, tableOf, unknownIn } from './reading.ts'

const table = tableOf(requestOptions)

/** The options of a raw, percent-encoded query without its '?'. Fails as `readQuery` does. */
export const parse = (query: string): Options => readQuery(table, query) as Options

/** What `parse` passes over: where no old address and no tracking key may stand, it is a typing slip. */
export const unknownKeys = (query: string): readonly string[] => unknownIn(table, query)
