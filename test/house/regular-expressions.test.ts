// Strangers choose what our regular expressions read. None may take time out of proportion to the length of its text: one
// field of 4 kB once held the event loop for a minute.
import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parse, type Token } from 'acorn'
import { analyse } from 'scslre'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** AssemblyScript has none. */
const others = /^(?:test|bench|dist)\/|\.as\.ts$/
const files = globSync('**/*.ts', { cwd: root, exclude: ['**/node_modules'] }).filter(
  (file) => !others.test(file),
)

interface Expression {
  readonly pattern: string
  readonly flags: string
}

/** Those that are written as such; what is put together at run time is not seen. */
function expressionsIn(code: string): Expression[] {
  const found: Expression[] = []
  const onToken = ({ type, value }: Token & { value?: unknown }): void => {
    if (type.label === 'regexp') found.push(value as Expression)
  }
  parse(code, { ecmaVersion: 'latest', sourceType: 'module', onToken })
  return found
}

const isSlow = ({ pattern: source, flags }: Expression): boolean =>
  analyse({ source, flags }).reports.length > 0

test('every regular expression takes time in proportion to its text', () => {
  const all = files.flatMap((file) =>
    expressionsIn(stripTypeScriptTypes(readFileSync(`${root}/${file}`, 'utf8'))).map((expression) => ({
      file,
      ...expression,
    })),
  )
  expect(all.length).toBeGreaterThan(600)
  expect(all.filter(isSlow)).toEqual([])
})

test('one that does not is found', () => {
  expect([/^a*a*$/, /b+$/, /^c+$/].map(({ source, flags }) => isSlow({ pattern: source, flags }))).toEqual([
    true,
    true,
    false,
  ])
})
