// Every spelling of a key of a query and its meaning, for readers of addresses that make no picture of them.
import { eachStep } from '../steps/index.ts'
import { requestOptions } from './options.ts'
import { unsupported } from './unsupported.ts'

export interface KeyMeaning {
  /** The option's own key; a spelling of an option that is not done stays as it is. */
  readonly name: string
  /** `key64`: the value is in Base64. */
  readonly base64: boolean
  /** Of several the first counts, or all of them do; or the key is refused wherever it stands. */
  readonly counts: 'first' | 'all' | 'refused'
  /** The value may name a picture beside the source. */
  readonly namesPicture: boolean
}

/** Options of steps that load pictures of their own, and of passes with such steps. */
const naming: ReadonlySet<string> = new Set([
  ...eachStep.filter(({ sources }) => sources !== undefined).flatMap(({ rows }) => Object.keys(rows)),
  'passes',
])

const plain = { base64: false, namesPicture: false } as const

/** By spelling, in lower case. A key that is not here means nothing. */
export const keyTable: ReadonlyMap<string, KeyMeaning> = new Map<string, KeyMeaning>([
  ...[...unsupported.keys()].flatMap((name): [string, KeyMeaning][] => [
    [name, { ...plain, name, counts: 'all' }],
    [`${name}64`, { ...plain, name, counts: 'all', base64: true }],
  ]),
  ...Object.entries(requestOptions).flatMap(([option, row]) => spellings(option, row)),
])

type RequestRow = (typeof requestOptions)[keyof typeof requestOptions]

function spellings(option: string, row: RequestRow): [string, KeyMeaning][] {
  const {
    key: name,
    aliases = [],
    plainOnly = false,
  } = row as RequestRow & {
    readonly aliases?: readonly string[]
    readonly plainOnly?: boolean
  }
  const meaning = { name, base64: false, counts: 'first', namesPicture: naming.has(option) } as const
  const coded = { ...meaning, base64: true, counts: plainOnly ? 'refused' : 'first' } as const
  return [name, ...aliases].flatMap((key): [string, KeyMeaning][] => [
    [`${key}64`, coded],
    [key, meaning],
  ])
}
