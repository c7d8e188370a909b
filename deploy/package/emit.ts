// Makes dist/, the part of the packed package that is not in the repository: JavaScript and declarations, since Node
// strips no types below node_modules, and beside them the data files that the code reads. `--remove` takes it away.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'dist')

/** Folders that a running Halftone never reads. */
const left = ['node_modules', 'dist', 'test', 'bench', 'docs', 'deploy', 'bin']

rmSync(dist, { recursive: true, force: true })
if (!process.argv.includes('--remove')) emit()

function emit(): void {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'deploy/package'], {
    cwd: root,
    stdio: 'inherit',
  })
  const scripts = globSync('**/*.js', { cwd: dist })
  for (const script of scripts) renameWorkers(join(dist, script))
  copyData()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'module', version })}\n`)
}

/** Files that are started, not imported: the compiler renames imports only. */
function renameWorkers(script: string): void {
  const text = readFileSync(script, 'utf8')
  const renamed = text.replaceAll(
    /new URL\('([^']+)\.ts', import\.meta\.url\)/g,
    "new URL('$1.js', import.meta.url)",
  )
  if (renamed !== text) writeFileSync(script, renamed)
}

/** Pictures, pages, WebAssembly, Lua: all that lies beside the code and is no TypeScript. */
function copyData(): void {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .filter(({ name }) => !left.includes(name))
  for (const { name } of folders)
    cpSync(join(root, name), join(dist, name), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    })
}
