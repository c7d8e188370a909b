// The parts of nginx.conf for whole web sites: everything of them passes, and the edges keep what may be kept. Pure.
import { indented } from './config-text.ts'

export interface SiteNames {
  /** Host names of sites; `*.example.com` for all names below one. */
  readonly hosts: readonly string[]
  /** Those of Halftone itself, beside addresses and the names of this machine. */
  readonly ownHosts: readonly string[]
}

export interface PassingSettings {
  readonly connectMs: number
}

/** In the block of http. */
export const siteHttpDirectives = `# A site may have whatever names of fields it likes.
underscores_in_headers on;
# Names of hosts may be long.
server_names_hash_bucket_size 256;
server_names_hash_max_size 4096;
# Of the protocols that a connection may change to, the one that browsers know.
map $http_upgrade $halftone_upgrade {
  "~*^websocket$" websocket;
  default '';
}
map $http_upgrade $halftone_connection {
  "~*^websocket$" upgrade;
  default '';
}`

/** What Halftone itself is asked under, where there are sites (site/own-hosts.ts says the same). */
export const ownNames = ({ hosts, ownHosts }: SiteNames): string =>
  namesIn(
    [...machine, ...ownHosts.map((host) => host.replace(/:\d+$/, ''))].filter(
      (name) => !hosts.includes(name),
    ),
  )

const machine = ['""', 'localhost', '*.localhost', '"~^[0-9.]+$"', '"~^\\[.*\\]$"']

const namesIn = (names: readonly string[]): string => [...new Set(names)].join(' ')

/** An edge ends what was silent for ten minutes. */
const silentSeconds = 620

const passing = ({
  connectMs,
}: PassingSettings): string => `# An address has its own edge, whatever its query.
set $halftone_key $host$request_uri;
# Everything but the pictures goes out as the site has sent it, and the pictures are the edges' own to keep.
location / {
  proxy_pass http://halftone_edges;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $halftone_upgrade;
  proxy_set_header Connection $halftone_connection;
  # With its port, and as it was written.
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header Forwarded '';
  # Nobody outside is a neighbour of the tiers.
  proxy_set_header halftone-secret '';
  # Streams, events and uploads of any length, as they come.
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_connect_timeout ${connectMs}ms;
  proxy_read_timeout ${silentSeconds}s;
  proxy_send_timeout ${silentSeconds}s;
  proxy_next_upstream error timeout;
  # The site's own: two clocks in one answer would say two ages.
  proxy_pass_header Date;
  proxy_pass_header Server;
  # No site orders this nginx about.
  proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;
}`

export interface SiteServers extends PassingSettings {
  readonly names: SiteNames
  /** What each server listens to. */
  readonly listening: string
  readonly ownProblems: string
}

/** The servers of sites, and of names that lead here and are nobody's. */
export const siteServers = ({ names, listening, ownProblems, ...settings }: SiteServers): string => `
# Whole web sites.
server {
${indented(listening, 2)}
  server_name ${namesIn(names.hosts)};
  merge_slashes off;
  client_max_body_size 0;
${indented(passing(settings), 2)}
${indented(ownProblems, 2)}
}

# Names that lead here and are nobody's: somebody else's certificate, or a mistake.
server {
${indented(listening.replace(/^(listen [^;]*);/gm, '$1 default_server;'), 2)}
  server_name _;
  default_type application/problem+json;
  add_header Cache-Control no-store always;
  return 421 '{"type":"urn:halftone:problem:unknown-host","title":"This host is not answered here","status":421}';
}`
