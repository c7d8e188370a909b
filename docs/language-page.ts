// Writes docs/languages/*.md from the tables that the readers of the languages use.
import { definitions, type LanguageName } from '../edge/languages/registry.ts'
import { reasons, type Why } from '../edge/languages/shared/reasons.ts'
import { isDone, type Word } from '../edge/languages/shared/words.ts'
import { operationTables, uploadcareAbout } from '../edge/languages/uploadcare/words.ts'

interface Described {
  readonly title: string
  readonly folder: string
  readonly where: string
  readonly mounting: string
  readonly example: string
  readonly about: readonly string[]
  readonly tables: readonly { readonly heading: string; readonly words: readonly Word[] }[]
}

export function languagePage(name: LanguageName): string {
  const { title, prefix, example, tables, about } = definitions[name]
  return page({
    ...{ title, folder: name, about },
    where: `below \`${prefix}\` unless the configuration says otherwise`,
    mounting: `Mounted by \`languages: { ${name}: true }\`, or with settings in the place of \`true\`, see [languages.md](../languages.md).`,
    example: `${prefix}${example}`,
    tables: tables as Described['tables'],
  })
}

/** It is not mounted: its addresses begin with the identifier of an upload. */
export const uploadcarePage = (): string =>
  page({
    ...{ title: 'Uploadcare', folder: 'uploadcare', about: uploadcareAbout, tables: operationTables },
    where: 'always, over what was uploaded',
    mounting: 'Its APIs are in [uploadcare.md](../uploadcare.md).',
    example: '/UUID/-/scale_crop/640x480/center/-/quality/smart/cat.jpg',
  })

function page({ title, folder, where, mounting, example, about, tables }: Described): string {
  const all = tables.flatMap(({ words }) => words)
  return `${[
    `<!-- Written by docs/generate.ts from edge/languages/${folder}. Do not edit: run \`npm run docs\`. -->`,
    `# ${title}`,
    `Addresses of ${title} as they are, ${where}:`,
    `\`\`\`\n${example}\n\`\`\``,
    mounting,
    ...about,
    '## What is supported',
    ...tables.flatMap(({ heading, words }) => [`### ${heading}`, supported(words)]),
    ...section('What differs', differences(all)),
    ...section('What is missing', missing(tables)),
  ].join('\n\n')}\n`
}

function supported(words: readonly Word[]): string {
  const rows = words.filter(isDone).map(({ name, aliases = [], takes, becomes = '' }) => {
    const cells = [`\`${name}\``, aliases.map((alias) => `\`${alias}\``).join(' '), takes, becomes]
    return `| ${cells.map(escaped).join(' | ')} |`
  })
  return ['| Word | Also | Takes | Becomes |', '|---|---|---|---|', ...rows].join('\n')
}

const escaped = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function differences(words: readonly Word[]): string {
  const told = words
    .filter(isDone)
    .flatMap(({ name, differs }) => (differs ? [`* \`${name}\`: ${differs}`] : []))
  return [...new Set(told)].join('\n')
}

/** By the reason, the words and values that are refused. */
function missing(tables: Described['tables']): string {
  const rows = tables.flatMap(({ words }) => words)
  const lines = Object.entries(reasons).flatMap(([why, reason]) => {
    const whole = rows.filter((word) => !isDone(word) && word.why === why).map(({ name }) => `\`${name}\``)
    const values = rows
      .filter(isDone)
      .flatMap(({ name, refuses }) => refuses?.[why as Why]?.map((value) => `\`${name}\` ${value}`) ?? [])
    const listed = [...whole, ...values].join(', ')
    return listed === '' ? [] : [`| ${reason} | ${listed} |`]
  })
  if (lines.length === 0) return ''
  return [
    'These are refused with an error that names them, unless their value asks for nothing.',
    ['| Why | Words and values |', '|---|---|', ...lines].join('\n'),
  ].join('\n\n')
}

const section = (heading: string, text: string): readonly string[] =>
  text === '' ? [] : [`## ${heading}`, text]
