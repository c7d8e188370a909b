// The corpus of real, odd and hostile pictures that developers keep beside the repository, and its index.
import { existsSync, readFileSync } from 'node:fs'

const folder = new URL('../../../shared/corpus/', import.meta.url)

export interface Entry {
  readonly name: string
  readonly format: string | null
  readonly width: number | null
  readonly height: number | null
  readonly pages: number
  readonly hasAlpha: boolean | null
  readonly orientation: number | null
  readonly class: string
  /** What a server should do with it; `lenient` where the other clean outcome is fine as well. */
  readonly expect: 'ok' | 'reject'
  readonly lenient: boolean
}

export const isHere = existsSync(new URL('index.json', folder))

export const entries: readonly Entry[] = isHere
  ? JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'))
  : []

export const read = (name: string): Buffer => readFileSync(new URL(name, folder))

if (!isHere) console.warn('The corpus is not at ../shared/corpus: its tests are skipped.')
