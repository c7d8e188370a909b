// The README beside a written configuration: what to install, and how to start it.
import type { NginxSettings } from './config.ts'

export const packages = [
  'nginx-light',
  'libnginx-mod-http-lua',
  'lua-resty-core',
  'lua-cjson',
  'lua-nginx-redis',
] as const

export const readme = ({ folder, cacheFolder, user }: NginxSettings): string => `# nginx in front of Halftone

Written by \`halftone nginx\`. On Debian 12:

\`\`\`sh
apt-get install --no-install-recommends ${packages.join(' ')}
install -d -o ${user} ${cacheFolder}
nginx -t -c ${folder}/nginx.conf
nginx -c ${folder}/nginx.conf            # again after a change: nginx -s reload -c ${folder}/nginx.conf
\`\`\`

\`lua/halftone/site.lua\` has the keys that sign addresses and the secret of the tiers: readable for root and
${user} alone (\`chown root:${user}\`, mode 0640). The edges are to run with \`HALFTONE_BEHIND_NGINX=true\`, and with
the same sources as here: write the files again after every change of sources, keys, edges or of Halftone's version.
`
