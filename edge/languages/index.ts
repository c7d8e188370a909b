// The URL languages, in the order in which they are asked whether an address is theirs.
import type { AddressText, Language, LanguageAddress } from './language.ts'
import { native } from './native.ts'
import { uploadcare } from './uploadcare.ts'

export type { LanguageAddress } from './language.ts'

/** The native one is the last: it takes whatever no other recognises. */
const languages: readonly Language[] = [uploadcare, native]

/** What an address means, in whichever language it is written. Throws 'bad-address'. */
export function readAddress(whole: string): LanguageAddress {
  const target = splitTarget(whole)
  const language = languages.find(({ recognises }) => recognises(target.rawPath)) ?? native
  return language.read(target)
}

function splitTarget(whole: string): AddressText {
  const mark = whole.indexOf('?')
  return mark < 0
    ? { whole, rawPath: whole, query: '' }
    : { whole, rawPath: whole.slice(0, mark), query: whole.slice(mark + 1) }
}
