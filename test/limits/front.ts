// nginx with the limits in front, for one test file: a configuration of its own, two workers, ended by its id.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LuaLimits, limitsTable } from '../../limits/lua-table.ts'
import { type LuaValue, luaText } from '../../nginx/lua-text.ts'
import { freePort } from '../servers/ports.ts'
import { end, start, untilAnswers } from '../servers/processes.ts'

const modules = '/usr/lib/nginx/modules'
const needed = [
  '/usr/sbin/nginx',
  `${modules}/ngx_http_lua_module.so`,
  '/usr/share/lua/5.1/nginx/redis.lua',
  '/usr/share/lua/5.1/resty/core.lua',
]

/** Why it cannot be started here, when it cannot. */
export const nginxMissing: string | undefined = needed.every(existsSync)
  ? undefined
  : 'the Debian packages nginx-light libnginx-mod-http-lua lua-resty-core lua-nginx-redis are not installed'

export interface Front {
  readonly url: string
  stop(): Promise<void>
}

export interface FrontOptions {
  readonly limits: LuaLimits
  /** Where /v1 goes. */
  readonly api?: string
  /** What the location /twin hands to test/limits/twin.lua. */
  readonly cases?: LuaValue
}

const lua = fileURLToPath(new URL('../../lua', import.meta.url))
const twin = fileURLToPath(new URL('twin.lua', import.meta.url))

export async function startFront({ limits, api, cases }: FrontOptions): Promise<Front> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-front-'))
  for (const folder of ['logs', 't']) mkdirSync(join(dir, folder))
  writeFileSync(join(dir, 'limits_table.lua'), `return ${luaText(limitsTable(limits))}\n`)
  writeFileSync(join(dir, 'cases.lua'), `return ${luaText(cases ?? [])}\n`)
  const port = await freePort()
  writeFileSync(join(dir, 'nginx.conf'), configuration(dir, port, api))
  const log = join(dir, 'logs/error.log')
  const command = ['/usr/sbin/nginx', '-p', dir, '-e', log, '-c', join(dir, 'nginx.conf')]
  const server = start('nginx', command, log)
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    await end(server)
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    await untilAnswers(`${url}/metrics`, [server])
  } catch (thrown) {
    await stop()
    throw thrown
  }
  return { url, stop }
}

const configuration = (dir: string, port: number, api: string | undefined): string => `
load_module ${modules}/ndk_http_module.so;
load_module ${modules}/ngx_http_lua_module.so;
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 2;
pid ${dir}/nginx.pid;
error_log ${dir}/logs/error.log notice;
events { worker_connections 512; }
http {
  client_body_temp_path ${dir}/t/b; proxy_temp_path ${dir}/t/p; fastcgi_temp_path ${dir}/t/f;
  uwsgi_temp_path ${dir}/t/u; scgi_temp_path ${dir}/t/s;
  access_log off;
  lua_package_path "${lua}/?.lua;${dir}/?.lua;/usr/share/lua/5.1/?.lua;;";
  lua_shared_dict halftone_limits 4m;
  init_by_lua_block { local limits = require 'halftone.limits' limits.configure(require 'limits_table') limits.resolve() }
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Forwarded-For;
  real_ip_recursive on;
  server {
    # A socket for each worker: the system spreads connections over both.
    listen 127.0.0.1:${port} reuseport;
    location = /metrics { content_by_lua_block { ngx.print(require('halftone.limits').metrics()) } }
    location = /twin { content_by_lua_file ${twin}; }
    ${
      api === undefined
        ? ''
        : `location /v1/ {
      access_by_lua_block { require('halftone.limits').guard() }
      proxy_pass ${api};
      proxy_set_header X-Forwarded-For $remote_addr;
      add_header Reached $upstream_status always;
    }
    location ~ ^/shop/ {
      access_by_lua_block { require('halftone.limits').guard() }
      proxy_pass ${api};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_hide_header RateLimit;
      proxy_hide_header RateLimit-Policy;
    }`
    }
    location / {
      access_by_lua_block { require('halftone.limits').admit('pictures', ngx.var.arg_source) }
      content_by_lua_block {
        ngx.header['Worker'] = ngx.worker.id()
        ngx.header['Counted'] = ngx.req.get_headers()['halftone-limited']
        ngx.exit(204)
      }
    }
  }
}
`
