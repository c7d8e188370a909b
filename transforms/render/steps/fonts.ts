// Makes the fonts known that come with Halftone, and those of the operator; what the machine has is known already.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sharp } from '../../pixels/sharp.ts'

const require = createRequire(import.meta.url)
const ours = /^DejaVu(?:Sans|SansMono|Serif)(?:-(?:Bold|Oblique|BoldOblique|Italic|BoldItalic))?\.ttf$/

const known = new Map<string, Promise<void>>()

/** Once in a process. `folder` is the operator's; files in it that are no fonts are passed over. */
export function fontsReady(folder: string | undefined): Promise<void> {
  const key = folder ?? ''
  const ready = known.get(key) ?? register(folder)
  known.set(key, ready)
  return ready
}

async function register(folder: string | undefined): Promise<void> {
  const bundled = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')
  const files = filesIn(bundled)
    .filter((name) => ours.test(name))
    .map((name) => join(bundled, name))
  if (folder !== undefined)
    for (const name of filesIn(folder))
      if (/\.(?:ttf|otf|ttc|woff)$/i.test(name)) files.push(join(folder, name))
  // A font is registered by drawing with it; libvips keeps it until the process ends.
  for (const fontfile of files)
    await sharp({ text: { text: '.', font: 'sans', fontfile } })
      .raw()
      .toBuffer()
      .catch(() => {})
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

const generic: Readonly<Record<string, string>> = {
  'sans-serif': 'DejaVu Sans',
  serif: 'DejaVu Serif',
  monospace: 'DejaVu Sans Mono',
}

interface Described {
  readonly families: readonly string[]
  readonly bold: boolean
  readonly italic: boolean
}

/** As Pango reads it. Families are made of letters, digits, spaces, dots and hyphens: see options/kinds-text.ts. */
export function descriptionOf({ families, bold, italic }: Described, size: number | undefined): string {
  const named = [...families.map((family) => generic[family] ?? family), 'DejaVu Sans']
  const style = [bold && 'Bold', italic && 'Italic', size !== undefined && `${size}px`].filter(Boolean)
  return `${named.join(',')}, ${style.join(' ')}`
}
