// Rows for tests: ordinary in all that the test does not name.
import { type NewFile, type NewResult, newId } from '../../records/index.ts'

export const noon = Date.UTC(2026, 10, 21, 12)
export const day = 86_400_000

export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

export function aResult(named: Partial<NewResult> & { at?: number } = {}): NewResult {
  const { at = noon, ...rest } = named
  return {
    id: newId(at),
    keyId: 'key-1',
    user: 'ann',
    sourceFormat: 'jpeg',
    sourceBytes: 500_000,
    format: 'jpeg',
    bytes: 300_000,
    mode: 'lossless',
    hasIcc: true,
    iccName: 'sRGB',
    uniqueColours: 20_000,
    ...rest,
  }
}

export function aFileRow(named: Partial<NewFile> = {}): NewFile {
  return {
    id: crypto.randomUUID(),
    project: 'demo',
    name: 'cat.jpg',
    bytes: 1234,
    type: 'image/jpeg',
    state: 'ready',
    created: noon,
    ...named,
  }
}
