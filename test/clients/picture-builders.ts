// Builders of picture addresses that are too large to depend on: the packages of next and @nuxt/image, unpacked as they
// are published. Undefined where the registry is away.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface NextImage {
  readonly src: string
  readonly width: number
  readonly quality?: number
  readonly config: { readonly path: string; readonly qualities?: readonly number[] }
}

interface NuxtProvider {
  getImage(src: string, options: object, context: object): { readonly url: string }
}

export interface PictureBuilders {
  readonly next: (image: NextImage) => string
  readonly nuxt: (provider: string) => Promise<NuxtProvider>
  stop(): void
}

export function pictureBuilders(): PictureBuilders | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-builders-'))
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: dir, stdio: 'ignore', timeout: 240_000 })
  const unpack = (name: string, folder: string) => {
    run('npm', 'pack', name, '--silent')
    const [archive = ''] = readdirSync(dir).filter((file) => file.endsWith('.tgz'))
    mkdirSync(join(dir, folder))
    run('tar', 'xzf', archive, '-C', folder, '--strip-components=1', '--exclude=package/dist/compiled')
    rmSync(join(dir, archive))
  }
  try {
    // What its providers import of Nuxt itself is one function, for errors.
    writeFileSync(
      join(dir, 'package.json'),
      JSON.stringify({ type: 'module', imports: { '#imports': './nuxt-imports.js' } }),
    )
    run('npm', 'install', '--silent', '--no-audit', '--no-fund', 'ufo', 'defu', '@noble/hashes')
    unpack('next@16', 'next')
    unpack('@nuxt/image@2', 'nuxt')
  } catch {
    rmSync(dir, { recursive: true, force: true })
    return undefined
  }
  const imports = { '#imports': './nuxt-imports.js' }
  writeFileSync(join(dir, 'nuxt/package.json'), JSON.stringify({ type: 'module', imports }))
  writeFileSync(join(dir, 'nuxt/nuxt-imports.js'), 'export const createError = (e) => new Error(e.message)\n')
  const require = createRequire(join(dir, 'next/package.json'))
  return {
    next: require('./dist/shared/lib/image-loader.js').default,
    async nuxt(name) {
      const file = pathToFileURL(join(dir, `nuxt/dist/runtime/providers/${name}.js`)).href
      return (await import(file)).default()
    },
    stop: () => rmSync(dir, { recursive: true, force: true }),
  }
}
