// The URL languages, in the order in which they are asked whether an address is theirs.
import type { AddressText, Language, ReadAddress } from './language.ts'
import { native } from './native.ts'
import { type MountedLanguage, mountLanguage } from './registry.ts'
import type { WebSource } from './shared/places.ts'
import { uploadcare } from './uploadcare.ts'

export type { LanguageAddress, ReadAddress } from './language.ts'
export type { MountedLanguage } from './registry.ts'
export type { WebSource } from './shared/places.ts'

/**
 * Reads addresses in the native language, in Uploadcare's, and in those that are mounted. The native one is the last: it
 * takes whatever no other recognises. A longer prefix is asked first.
 */
export function createLanguages(mounts: readonly MountedLanguage[], web: readonly WebSource[]): ReadAddress {
  const mounted = [...mounts]
    .sort((a, b) => b.prefix.length - a.prefix.length)
    .map((mount) => mountLanguage(mount, web))
  return readerOf([...mounted, uploadcare, native])
}

/** What an address means where no language is mounted. Throws 'bad-address'. */
export const readAddress: ReadAddress = readerOf([uploadcare, native])

function readerOf(languages: readonly Language[]): ReadAddress {
  return (whole) => {
    const target = splitTarget(whole)
    const language = languages.find(({ recognises }) => recognises(target.rawPath)) ?? native
    return language.read(target)
  }
}

function splitTarget(whole: string): AddressText {
  const mark = whole.indexOf('?')
  return mark < 0
    ? { whole, rawPath: whole, query: '' }
    : { whole, rawPath: whole.slice(0, mark), query: whole.slice(mark + 1) }
}
