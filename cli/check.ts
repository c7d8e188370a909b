// `halftone check`: the configuration is right, and every source can really be reached.
import { access, constants, stat } from 'node:fs/promises'
import { bucketFault } from '../assembly/bucket-loaders.ts'
import type { Config, SourceConfig } from '../config.ts'

export async function check(config: Config): Promise<void> {
  console.log(`roles    ${config.roles.join(', ')}`)
  console.log(`listens  ${config.host}:${config.port}`)
  console.log(`data     ${config.dataDir}`)
  for (const [name, source] of config.sources) {
    const fault = await faultOf(source)
    console.log(`source   ${name}: ${describe(source)}${fault === undefined ? '' : `  FAULT: ${fault}`}`)
    if (fault !== undefined) process.exitCode = 1
  }
  if (config.samples) console.log('source   samples: drawn pictures')
  console.log(
    process.exitCode
      ? 'The configuration is readable, but not every source is.'
      : 'The configuration is good.',
  )
}

function describe(source: SourceConfig): string {
  const signed = source.keys?.length ? `, signed (${source.signature}, ${source.keys.length} keys)` : ''
  if ('folder' in source) return `folder ${source.folder}${signed}`
  if ('site' in source) return `site ${source.site}${signed}`
  if ('bucket' in source) return `${source.bucket.kind} bucket, folder '${source.prefix}'${signed}`
  if ('uploads' in source) return `uploads${signed}`
  return `web proxy for ${source.hosts.join(', ')}${signed}`
}

/** Folders and buckets are looked at; a web server is not asked: there is no picture whose address is known. */
async function faultOf(source: SourceConfig): Promise<string | undefined> {
  if ('bucket' in source) return bucketFault(source)
  if (!('folder' in source)) return undefined
  const found = await stat(source.folder).catch(() => undefined)
  if (!found) return 'there is no such folder'
  if (!found.isDirectory()) return 'it is not a folder'
  return access(source.folder, constants.R_OK | constants.X_OK).then(
    () => undefined,
    () => 'it cannot be read',
  )
}
