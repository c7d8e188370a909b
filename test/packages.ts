// Installs the servers and programs that the tests use, where that is possible; says what will be skipped where it is not.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

interface Wanted {
  /** Debian's names. */
  readonly packages: readonly string[]
  /** A file that is there once they are installed. */
  readonly proof: string
  readonly purpose: string
}

const wanted: readonly Wanted[] = [
  { packages: ['chromium'], proof: '/usr/bin/chromium', purpose: 'the pages in a real browser' },
  { packages: ['prometheus'], proof: '/usr/bin/promtool', purpose: 'the alert rules, read by Prometheus' },
  { packages: ['gifsicle'], proof: '/usr/bin/gifsicle', purpose: 'GIFs made smaller without loss' },
  {
    packages: ['ffmpeg'],
    proof: '/usr/bin/ffmpeg',
    purpose: 'videos of animations, pictures of videos, animations in AVIF',
  },
  { packages: ['libheif-examples'], proof: '/usr/bin/heif-convert', purpose: 'sources in HEIC' },
  { packages: ['libjxl-tools'], proof: '/usr/bin/djxl', purpose: 'JPEG XL' },
  { packages: ['libopenjp2-tools'], proof: '/usr/bin/opj_decompress', purpose: 'sources in JPEG 2000' },
  { packages: ['poppler-utils'], proof: '/usr/bin/pdftocairo', purpose: 'sources in PDF' },
  { packages: ['postgresql'], proof: '/usr/lib/postgresql', purpose: 'records in PostgreSQL' },
  {
    packages: ['redis-server', 'redis-sentinel'],
    proof: '/usr/bin/redis-sentinel',
    purpose: 'many nodes over Redis',
  },
  {
    packages: ['nginx-light', 'libnginx-mod-http-lua', 'lua-resty-core', 'lua-cjson', 'lua-nginx-redis'],
    proof: '/usr/share/lua/5.1/nginx/redis.lua',
    purpose: 'nginx in front, its Lua and its limits',
  },
  {
    packages: ['keepalived', 'iproute2', 'curl'],
    proof: '/usr/sbin/keepalived',
    purpose: 'an address that moves between balancers',
  },
  {
    packages: ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'],
    proof: '/usr/bin/swift-proxy-server',
    purpose: 'storage in S3 and OpenStack Swift',
  },
]

const isMissing = ({ proof }: Wanted): boolean => !existsSync(proof)

const missing = wanted.filter(isMissing)
if (missing.length > 0) install(missing.flatMap(({ packages }) => packages))
for (const { packages, purpose } of missing.filter(isMissing))
  console.log(
    `skipped: ${purpose} (needs the Debian packages ${packages.join(', ')}, which cannot be installed here)`,
  )

emulateAzure()

/** Azurite has four times as many packages as Halftone, so it has a lock file of its own. */
function emulateAzure(): void {
  const folder = join(import.meta.dirname, 'servers/azurite')
  if (existsSync(join(folder, 'node_modules/azurite'))) return
  try {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } catch {
    console.log('skipped: storage in Azure (needs Azurite from the npm registry)')
  }
}

/** By apt-get, as root or by a sudo that asks for no password; anything else leaves the machine as it is. */
function install(packages: readonly string[]): void {
  if (!existsSync('/usr/bin/apt-get')) return
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) return
  const apt = (...args: string[]) => {
    const [command = '', ...rest] = [...sudo, 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args]
    execFileSync(command, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  } catch {
    // What could not be installed is named as skipped.
  }
}
