// Installs the Debian packages the tests use, where that is possible; says what will be skipped where it is not.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const wanted = [{ package: 'chromium', proof: '/usr/bin/chromium', for: 'the pages in a real browser' }]

const missing = wanted.filter(({ proof }) => !existsSync(proof))
if (missing.length > 0 && !install(missing.map(({ package: name }) => name)))
  for (const { package: name, for: purpose } of missing)
    console.log(
      `skipped: ${purpose} (the Debian package ${name} is not installed and cannot be installed here)`,
    )

function install(names: readonly string[]): boolean {
  if (!existsSync('/usr/bin/apt-get')) return false
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) return false
  const apt = (...args: string[]) => {
    const [command = '', ...rest] = [...sudo, 'apt-get', ...args]
    execFileSync(command, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  try {
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', ...names)
    return true
  } catch {
    return false
  }
}
