// The committed WebAssembly is what the committed sources compile to, by the command that stands in them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isHere = existsSync(join(root, 'node_modules/assemblyscript'))
const sources = [
  'transforms/faces/yunet/kernel.as.ts',
  'transforms/optimise/metric/kernel.as.ts',
  'transforms/optimise/lossy/precondition.as.ts',
]

test.each(sources)('%s', async (source) => {
  if (!isHere) return console.warn('assemblyscript is not installed: the committed wasm was not compared')
  const folder = mkdtempSync(join(tmpdir(), 'halftone-asc-'))
  try {
    const [, words = ''] =
      /^\/\/ Rebuild: npx asc (.*)$/m.exec(readFileSync(join(root, source), 'utf8')) ?? []
    const committed = /-o (\S+)/.exec(words)?.[1] ?? ''
    const output = join(folder, 'out.wasm')
    const { default: asc } = await import('assemblyscript/asc')
    const { error, stderr } = await asc.main([
      ...words.replace(committed, output).split(' '),
      '--baseDir',
      root,
    ])
    expect(error, stderr.toString()).toBeNull()
    expect(readFileSync(output).equals(readFileSync(join(root, committed)))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
