// The table of a language's words: it drives the reader, the errors, the documentation and migrations.
import { asFailure, Failure } from '../../../errors.ts'
import { type Options, parse, unexpected, unknownKeys } from '../../../transforms/index.ts'
import type { Notes } from './notes.ts'
import type { Why } from './reasons.ts'

/** Options of the native language as text: { w: '640', fit: 'max' }. */
export type Pairs = Readonly<Record<string, string>>

/** What words of a language come to, merged: native options, and what the language still has to put together. */
export interface Asked {
  readonly native?: Pairs
}

export interface Word<A extends Asked = Asked> {
  /** As written in an address. */
  readonly name: string
  readonly aliases?: readonly string[]
  /** Completes "Expected ... for width, received 0". */
  readonly takes: string
  /** Native options, for the documentation. */
  readonly becomes?: string
  /** A native query without which it cannot be done: where the native language has it not, the word is refused. */
  readonly needs?: string
  /** What is not as in the language's own service. */
  readonly differs?: string
  /** Values that `differs` is true of; absent, all of them. */
  readonly when?: RegExp
  /** Values that the language knows and Halftone does not do, by the reason: refused by name. */
  readonly refuses?: Refused
  /** Why a word without a reader, or without the native option that it needs, is not done. */
  readonly why?: Why
  /** Values that ask for nothing, or for what is done anyway. */
  readonly idle?: readonly string[]
  /** Undefined for a value that cannot be read. A word without a reader is refused by name. */
  readonly read?: (text: string) => A | undefined
}

type Refused = Readonly<Partial<Record<Why, readonly string[]>>>

/** What an address says, word by word: each with its value. */
export type Said = readonly (readonly [name: string, text: string])[]

export interface Reading<A extends Asked> {
  readonly asked: A
  /** By native option, the word that asked for it. */
  readonly from: ReadonlyMap<string, string>
}

/** Every spelling of every word. */
export type Vocabulary<A extends Asked> = ReadonlyMap<string, Word<A>>

export const vocabulary = <A extends Asked>(words: readonly Word<A>[]): Vocabulary<A> =>
  new Map(words.flatMap((word) => [word.name, ...(word.aliases ?? [])].map((name) => [name, word] as const)))

/** A row for words that are accepted and change nothing here. */
export const ignored = (name: string, takes: string, differs?: string): Word<Asked> => ({
  name,
  takes,
  becomes: 'nothing',
  ...(differs === undefined ? {} : { differs }),
  read: () => ({}),
})

/** The words in the order written; of one that is repeated the last counts. Unknown ones are refused by name. */
export function readWords<A extends Asked>(
  words: Vocabulary<A>,
  said: Said,
  notes: Notes,
  start: A,
): Reading<A> {
  const from = new Map<string, string>()
  let asked = start
  for (const [name, text] of said) {
    const read = attempt(notes, () => readWord(words, name, text, notes))
    if (!read) continue
    asked = { ...asked, ...read, native: { ...asked.native, ...read.native } }
    for (const key of Object.keys(read.native ?? {})) from.set(key, name)
  }
  return { asked, from }
}

export function readWord<A extends Asked>(
  words: Vocabulary<A>,
  name: string,
  text: string,
  notes: Notes,
): A | undefined {
  const word = words.get(name)
  if (!word) throw refusal(name, `${shorten(name)} is not known`)
  if (word.idle?.includes(text.toLowerCase())) return undefined
  if (!word.read) throw notSupported(name)
  if (isRefused(word.refuses, text)) throw notSupported(name, text)
  const read = word.read(text)
  if (read === undefined) throw unexpected(name, word.takes, text)
  notes.used({ name, differs: word.when?.test(text) === false ? undefined : word.differs })
  return read
}

const isRefused = (refuses: Refused = {}, text: string): boolean =>
  Object.values(refuses).some((values) => values.includes(text.toLowerCase()))

/** Tells `notes` of what is refused; undefined where they go on all the same. */
export function attempt<T>(notes: Notes, work: () => T): T | undefined {
  try {
    return work()
  } catch (thrown) {
    const failure = asFailure(thrown)
    if (failure.kind !== 'bad-option') throw thrown
    notes.refused(failure)
    return undefined
  }
}

/** The options of native pairs. What the native language refuses is told by the word that asked for it. */
export function toOptions(pairs: Pairs, from: ReadonlyMap<string, string>, notes: Notes): Options {
  const fine = Object.entries(pairs).filter(([key, value]) =>
    attempt(notes, () => {
      try {
        readPair(key, value)
        return true
      } catch (thrown) {
        throw blame(asFailure(thrown), key, from)
      }
    }),
  )
  return parse(fine.map(([key, value]) => pairText(key, value)).join('&'))
}

/** Of the formats of a language those that are not written here. */
export const unwritten = (formats: readonly string[]): Refused => ({
  coder: formats.filter((format) => !isNative(`fm=${format}`)),
})

/** Of a table from a language's formats to ours, those that are written here. */
export const written = (formats: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(formats).filter(([, format]) => format === 'auto' || isNative(`fm=${format}`)),
  )

/** Throws 'bad-option' where the native language does not take it. */
function readPair(key: string, value: string): void {
  const text = pairText(key, value)
  // What it does not know it passes over.
  if (unknownKeys(text).length > 0) throw notSupported(key)
  parse(text)
}

/** Whether a word can be done. */
export const isDone = ({ read, needs = '' }: Pick<Word, 'read' | 'needs'>): boolean =>
  read !== undefined && isNative(needs)

/** Whether the native language takes every pair of the query. */
export function isNative(query: string): boolean {
  try {
    for (const pair of query.split('&').filter(Boolean)) readPair(...(pair.split('=') as [string, string]))
    return true
  } catch {
    return false
  }
}

function blame(failure: Failure, key: string, from: ReadonlyMap<string, string>): Failure {
  const word = from.get(key) ?? key
  if (failure.kind !== 'bad-option' || word === key) return failure
  return refusal(word, `${word} cannot be done: ${failure.message}`, failure)
}

const pairText = (key: string, value: string): string => `${key}=${encodeURIComponent(value)}`

export const refusal = (option: string, message: string, { details = {} }: Partial<Failure> = {}): Failure =>
  new Failure('bad-option', message, { ...details, option: shorten(option) || '(nothing)' })

export const notSupported = (name: string, value?: string): Failure =>
  refusal(name, `${value === undefined ? name : `${name}=${shorten(value)}`} is not supported`)

// Control characters would let a client write lines of our log.
const shorten = (text: string): string => text.replace(/\p{Cc}/gu, '�').slice(0, 60)
