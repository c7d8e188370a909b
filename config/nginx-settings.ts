// The settings of an nginx in front of the edges: `halftone nginx` writes its configuration from them.
import { bytes, list, text, yesNo } from './kinds.ts'
import { addressRules } from './parsed-kinds.ts'
import { setting } from './setting.ts'

/** What may stand in nginx's configuration without changing its meaning. */
const word = (expected: string) => text().regex(/^[\w./:@[\]-]*$/, { error: `expected ${expected}` })

export const nginxSettings = {
  behindNginx: setting(
    'HALFTONE_BEHIND_NGINX',
    yesNo(),
    'false',
    'An nginx written by `halftone nginx` stands in front of this edge: answers tell it how long it may keep them (X-Accel-Expires).',
  ),
  nginxHttp: setting(
    'HALFTONE_NGINX_HTTP',
    list(word('a port, or an address with a port')),
    '80',
    'Where nginx listens for HTTP: ports, or addresses with ports.',
  ),
  nginxHttps: setting(
    'HALFTONE_NGINX_HTTPS',
    list(word('a port, or an address with a port')),
    '',
    'Where nginx listens for HTTPS (HTTP/1.1 and HTTP/2); nowhere when not set.',
  ),
  nginxCertificate: setting(
    'HALFTONE_NGINX_CERTIFICATE',
    word('a path'),
    '/etc/ssl/halftone/fullchain.pem',
    "nginx's certificate, with those that lead to its root.",
  ),
  nginxCertificateKey: setting(
    'HALFTONE_NGINX_CERTIFICATE_KEY',
    word('a path'),
    '/etc/ssl/halftone/privkey.pem',
    "The key of nginx's certificate.",
  ),
  nginxCache: setting(
    'HALFTONE_NGINX_CACHE',
    word('a path'),
    '/var/cache/halftone-nginx',
    'Folder in which nginx keeps hot pictures.',
  ),
  nginxCacheBytes: setting('HALFTONE_NGINX_CACHE_SIZE', bytes(), '10GB', 'How much nginx keeps on disk.'),
  nginxPurgeFrom: setting(
    'HALFTONE_NGINX_PURGE_FROM',
    addressRules(),
    '127.0.0.1/32,::1/128',
    'Addresses (CIDR) that may send purges to nginx; they also have to show the secret of the tiers.',
  ),
} as const
