// What modules must not be, whatever they do.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../../transforms/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))

// `await import()` takes a module that exports `then` for a promise, and waits for it for ever.
test.each(files)('transforms/%s exports no then', (name) => {
  expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(
    /export (?:async )?(?:function|const|let) then\b/,
  )
})
