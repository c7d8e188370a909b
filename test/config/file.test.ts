import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { anchorFolders, findFile } from '../../config/file.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['the data folder', { dataDir: 'data' }, { dataDir: '/etc/halftone/data' }],
  ['a folder above', { dataDir: '../data' }, { dataDir: '/etc/data' }],
  ['an absolute folder', { dataDir: '/srv/data' }, { dataDir: '/srv/data' }],
  [
    'the storage',
    { storage: { kind: 'folder', dir: './files' } },
    { storage: { kind: 'folder', dir: '/etc/halftone/files' } },
  ],
  [
    'sources',
    {
      sources: {
        a: { folder: 'photos' },
        b: { bucket: { kind: 'folder', dir: 'b' } },
        c: { site: 'http://c' },
      },
    },
    {
      sources: {
        a: { folder: '/etc/halftone/photos' },
        b: { bucket: { kind: 'folder', dir: '/etc/halftone/b' } },
        c: { site: 'http://c' },
      },
    },
  ],
  [
    'what is no folder stays, for the check that names its fault',
    { sources: { a: 7 }, storage: 'x' },
    undefined,
  ],
])('%s in a configuration file is relative to the file', (_, written, expected) => {
  expect(anchorFolders(written, '/etc/halftone/pictures.ts')).toEqual(expected ?? written)
})

test('a file is looked for in the working folder, TypeScript before JavaScript, and a named one is taken', () => {
  const before = process.cwd()
  process.chdir(folder)
  try {
    expect(findFile(undefined)).toBeUndefined()
    writeFileSync('halftone.config.js', '')
    expect(findFile(undefined)).toMatch(/halftone\.config\.js$/)
    writeFileSync('halftone.config.ts', '')
    expect(findFile(undefined)).toMatch(/halftone\.config\.ts$/)
    expect(findFile('/etc/other.js')).toBe('/etc/other.js')
  } finally {
    process.chdir(before)
  }
})
