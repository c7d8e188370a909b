// The files of an nginx in front: its configuration, the Lua that it runs, and what to install. Pure, but for reading lua/.
import { readdirSync, readFileSync } from 'node:fs'
import { type NginxSettings, nginxConfig } from './config.ts'
import { readme } from './readme.ts'
import { type Site, siteText } from './site.ts'

export type { NginxSettings } from './config.ts'
export { keepalivedFiles } from './keepalived.ts'
export type { Site } from './site.ts'

/** Text by path. */
export type Files = Readonly<Record<string, string>>

const lua = new URL('../lua/halftone/', import.meta.url)

export function nginxFiles(settings: NginxSettings, site: Omit<Site, 'stateFile'>): Files {
  const modules = readdirSync(lua).filter((name) => name.endsWith('.lua'))
  return {
    'nginx.conf': nginxConfig(settings),
    'README.md': readme(settings),
    ...Object.fromEntries(
      modules.map((name) => [`lua/halftone/${name}`, readFileSync(new URL(name, lua), 'utf8')]),
    ),
    // In a folder that nginx makes and hands to its workers.
    'lua/halftone/site.lua': siteText({ ...site, stateFile: `${settings.cacheFolder}/temp/purges.json` }),
  }
}
