// The settings of sites: what of their answers is kept, and which hosts are Halftone's own beside them.
import { bytes, list, text, yesNo } from './kinds.ts'
import { cacheOf } from './machine.ts'
import { setting } from './setting.ts'

export const siteSettings = {
  siteMemoryBytes: setting(
    'HALFTONE_SITE_MEMORY',
    bytes(),
    cacheOf(128),
    'How much of the answers of sites is kept in memory; nothing where there is no site.',
  ),
  siteDiskBytes: setting(
    'HALFTONE_SITE_DISK',
    bytes(),
    '10GB',
    'How much of the answers of sites is kept on disk.',
  ),
  proxiesPassHints: setting(
    'HALFTONE_PROXIES_PASS_HINTS',
    yesNo(),
    'false',
    'Whether the proxies in front pass early hints (103) of sites on to browsers: nginx does from 1.29 on with early_hints; older ones send the hint as the answer. The nginx of HALFTONE_BEHIND_NGINX never gets any.',
  ),
  hosts: setting(
    'HALFTONE_HOSTS',
    list(text().toLowerCase()),
    '',
    'Where there are sites: further host names of Halftone itself, without port. Its public URL, names of this machine and IP addresses are its own anyway; every other host is refused.',
  ),
}
