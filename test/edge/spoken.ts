// Addresses in other languages, mounted over sources as an operator would have them.
import { type EdgeSource, makeExact } from '../../edge/exact-request.ts'
import { createLanguages, type MountedLanguage } from '../../edge/languages/index.ts'
import { definitions, type LanguageName } from '../../edge/languages/registry.ts'
import type { WebSource } from '../../edge/languages/shared/places.ts'
import { parseHostRule } from '../../fetch/hosts.ts'
import { failureOf } from '../refusals.ts'

export const now = 1_800_000_000_000

export const web: readonly WebSource[] = [
  { source: 'shop', base: 'https://assets.example.org/', hosts: [] },
  { source: 'web', hosts: [parseHostRule('images.example.com'), parseHostRule('*.example.net')] },
]

const unsigned: EdgeSource = { signing: { scheme: 'hmac-sha256', keys: [] }, defaults: '' }

export const sources: ReadonlyMap<string, EdgeSource> = new Map(
  ['photos', 'shop', 'web', 'uploads'].map((name) => [name, unsigned]),
)

export const mountOf = (name: LanguageName, settings: object = {}): MountedLanguage =>
  ({ name, prefix: definitions[name].prefix, source: 'photos', ...settings }) as MountedLanguage

export interface Speaker {
  exactly(
    target: string,
    accept?: string,
    known?: ReadonlyMap<string, EdgeSource>,
  ): ReturnType<typeof makeExact>
}

export function aSpeaker(mounts: readonly MountedLanguage[], over: readonly WebSource[] = web): Speaker {
  const read = createLanguages(mounts, over)
  return {
    exactly: (target, accept = '', known = sources) =>
      makeExact({ target, headers: { accept }, now }, known, read),
  }
}

/** Of an address that is refused, the option or the kind; else its canonical path. */
export function outcomeOf(work: () => { readonly path: string }): string {
  try {
    return work().path
  } catch {
    const { kind, details } = failureOf(work)
    return `${kind} ${details.option ?? ''}`.trim()
  }
}
