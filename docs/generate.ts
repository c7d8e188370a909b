// Writes the pages of docs/ that come from tables: `npm run docs`. A test fails while a page is not up to date.
import { writeFileSync } from 'node:fs'
import { languageNames } from '../edge/languages/registry.ts'
import { languagePage, uploadcarePage } from './language-page.ts'
import { optionsPage } from './options-page.ts'
import { settingsPage } from './settings-page.ts'

/** Files beside this one, and what they are to hold. */
export const pages: Readonly<Record<string, () => string>> = {
  'options.md': optionsPage,
  'settings.md': settingsPage,
  'languages/uploadcare.md': uploadcarePage,
  ...Object.fromEntries(languageNames.map((name) => [`languages/${name}.md`, () => languagePage(name)])),
}

export const pageUrl = (name: string): URL => new URL(name, import.meta.url)

if (import.meta.main) {
  for (const [name, page] of Object.entries(pages)) writeFileSync(pageUrl(name), page())
}
