// The text of nginx.conf: one server in front of the edges, every directive with its reason. Pure.
import { cacheDirectives, cacheLocation } from './config-cache.ts'
import {
  forwardedDirective,
  type LimitDirectives,
  limitHttpDirectives,
  limitLocations,
  limitStart,
} from './config-limits.ts'
import { ownProblems } from './config-problems.ts'
import { ownNames, type SiteNames, siteHttpDirectives, siteServers } from './config-sites.ts'
import { fromLua, indented } from './config-text.ts'

export interface NginxSettings {
  /** Where this file and lua/ will lie. */
  readonly folder: string
  /** For the process's number and for its logs. */
  readonly runFolder: string
  readonly logFolder: string
  readonly user: string
  readonly workers: number | 'auto'
  /** As behind `listen`: ports, or addresses with ports. */
  readonly http: readonly string[]
  readonly https: readonly string[]
  readonly certificate: string
  readonly certificateKey: string
  readonly cacheFolder: string
  readonly cacheBytes: number
  /** Who may send purges: addresses and networks (CIDR). */
  readonly purgeFrom: readonly string[]
  readonly limits?: LimitDirectives | undefined
  /** Where there are whole web sites. */
  readonly sites?: SiteNames | undefined
  /** Longest wait for an edge, milliseconds. */
  readonly edgeMs: number
  readonly connectMs: number
}

export function nginxConfig(settings: NginxSettings): string {
  return `# Written by \`halftone nginx\`. Changes belong into the configuration of Halftone; this file is written anew.
${mainDirectives(settings)}

http {
${indented(httpDirectives(settings), 2)}

  server {
${indented(serverDirectives(settings), 4)}
  }${indented(sitesOf(settings), 2).replace(/^(?=.)/, '\n\n')}
}
`
}

const sitesOf = (settings: NginxSettings): string =>
  settings.sites
    ? siteServers({ ...settings, names: settings.sites, listening: listening(settings), ownProblems })
    : ''

const mainDirectives = ({ user, workers, runFolder, logFolder }: NginxSettings): string => `
# Debian's names of the modules. The cache-purge module of Debian 12 must stay out: it crashes with every purge.
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;

# Workers need no rights beyond the cache folder.
user ${user};
# One for each core: a hit is a few microseconds of CPU and no waiting.
worker_processes ${workers};
pid ${runFolder}/halftone-nginx.pid;
error_log ${logFolder}/error.log warn;
# Each connection is an open file, and so is each kept picture while it is sent.
worker_rlimit_nofile 65536;
# A rolling restart lets running requests end, but not for ever.
worker_shutdown_timeout 60s;

events {
  # For each worker; two of them make a request that goes on to an edge.
  worker_connections 16384;
}`

function httpDirectives(settings: NginxSettings): string {
  const { folder, logFolder, cacheFolder, limits } = settings
  return `# Who asked what, and where the answer came from. Addresses are written without their query: it may hold signatures.
log_format halftone '$remote_addr [$time_iso8601] $request_method $uri $status $body_bytes_sent '
                    '$request_time $upstream_cache_status $upstream_addr $halftone_request_id';
access_log ${logFolder}/access.log halftone buffer=64k flush=5s;
# Nobody outside needs to know the version.
server_tokens off;
# The kernel sends kept pictures from its own memory.
sendfile on;
# Head and body of a picture leave in one packet where they fit.
tcp_nopush on;
# A page's pictures come over one connection.
keepalive_timeout 75s;
keepalive_requests 10000;
# Edges read addresses of 8,192 bytes, and refuse longer ones as a problem document: they have to get as far as that.
large_client_header_buffers 4 16k;
# Slow senders hold a connection here, not at an edge.
client_header_timeout 15s;
# Folders that nginx makes and hands to its workers.
client_body_temp_path ${cacheFolder}/bodies;
proxy_temp_path ${cacheFolder}/temp;

# Lua: ours beside this file, then Debian's.
lua_package_path '${folder}/lua/?.lua;/usr/share/lua/5.1/?.lua;;';
lua_package_cpath '/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;/usr/lib/aarch64-linux-gnu/lua/5.1/?.so;;';
# The purges that are known, and which edges are well: shared by all workers.
lua_shared_dict halftone_purges 8m;
lua_shared_dict halftone_edges 1m;
${limitHttpDirectives(limits)}# One line in the log is enough for a socket that failed.
lua_socket_log_errors off;
init_by_lua_block {
${fromLua("require('halftone.edges').resolve()")}${limitStart(limits)}
}
init_worker_by_lua_block {
${fromLua("if ngx.worker.id() == 0 then require('halftone.edges').watch() require('halftone.sync').start() end")}
}

# A client's own name for its request is kept while it is sane, as the edges do; else it gets one here.
map $http_request_id $halftone_request_id {
  "~^[\\w.-]{1,64}$" $http_request_id;
  default $request_id;
}

${cacheDirectives(settings)}
${settings.sites ? `\n${siteHttpDirectives}\n` : ''}
# Lua chooses the edge: a consistent ring by picture that passes over edges which are not ready.
upstream halftone_edges {
  server 0.0.0.1; # never asked: the balancer names another
  balancer_by_lua_block {
${fromLua("require('halftone.edges').balance()")}
  }
  # Connections to edges are kept open, for each worker.
  keepalive 64;
  # Below the edges' own 72 s, so that none closes a connection under a request.
  keepalive_timeout 60s;
}`
}

function serverDirectives(settings: NginxSettings): string {
  const { purgeFrom } = settings
  return `${listening(settings)}
${settings.sites ? `# Halftone itself, beside its sites.\nserver_name ${ownNames(settings.sites)};` : '# For every name that leads here.\nserver_name _;'}
# Paths are compared as they were sent: two slashes may be another picture than one.
merge_slashes off;
# The API's uploads have limits of their own.
client_max_body_size 0;
set $halftone_key '';

# What every answer of this server says, whether it was kept or not.
${answerHeaders}

# Purges of other processes: see lua/halftone/purges.lua.
location = /-/purge {
  # The secret alone would do; a network is one lock more.
  ${purgeFrom.map((network) => `allow ${network};`).join(' ')}
  deny all;
  client_max_body_size 4m;
  # A purge is read from memory.
  client_body_buffer_size 4m;
  content_by_lua_block {
${fromLua("require('halftone.purges').handle()")}
  }
}

${limitLocations(settings)}# For keepalived and balancers in front: this nginx runs.
location = /-/health {
  access_log off;
  return 204;
}

${cacheLocation(indented(proxyDirectives(settings), 2), settings.limits !== undefined)}

# What is never kept: pages and the API, other languages, links that expire, originals.
location @edge {
${indented(proxyDirectives(settings), 2)}
  # Uploads and large originals go through as they come.
  proxy_request_buffering off;
  proxy_buffering off;
}

# Problem documents, also for what nginx itself refuses.
${ownProblems}`
}

function listening({ http, https, certificate, certificateKey }: NginxSettings): string {
  // Without reuseport: it would drop the connections that wait in a worker's queue when nginx reads its files again.
  const plain = http.map((at) => `listen ${at};`)
  if (https.length === 0) return plain.join('\n')
  return `${[...plain, ...https.map((at) => `listen ${at} ssl http2;`)].join('\n')}
# With those that lead to its root.
ssl_certificate ${certificate};
ssl_certificate_key ${certificateKey};
# Older ones are broken.
ssl_protocols TLSv1.2 TLSv1.3;
# Clients come back: a resumed session saves a handshake. Tickets are off, for their key would live as long as nginx.
ssl_session_cache shared:halftone_tls:10m;
ssl_session_timeout 1d;
ssl_session_tickets off;`
}

/** Repeated in no location: nginx forgets a server's headers where a location adds its own. */
const answerHeaders = `add_header Request-Id $halftone_request_id always;
# RFC 9211: an answer that was kept is ours to tell of; else the tiers behind said it, and we add a word.
add_header Cache-Status $halftone_cache_status always;`

export const proxyDirectives = ({
  edgeMs,
  connectMs,
  limits,
}: NginxSettings): string => `proxy_pass http://halftone_edges;
proxy_http_version 1.1;
# Without it each request would open a connection.
proxy_set_header Connection '';
# What the API's addresses are made of.
proxy_set_header Host $host;
# The same name in the logs of all tiers.
proxy_set_header Request-Id $halftone_request_id;
# Who asked, and how.
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
${forwardedDirective(limits)}
proxy_set_header X-Forwarded-Proto $scheme;
# Nobody outside is a neighbour of the tiers.
proxy_set_header halftone-secret '';
# An edge that is there takes a connection at once; a picture may take all of its own deadline.
proxy_connect_timeout ${connectMs}ms;
proxy_read_timeout ${edgeMs}ms;
# Another edge only where the first did not answer: it would fail in the same way, and a POST is never sent twice.
proxy_next_upstream error timeout;
# Of a kept answer these are somebody else's; the server's own stand in their place.
proxy_hide_header Request-Id;
proxy_hide_header Cache-Status;`
