// Writes docs/settings.md from the table of settings.
import { describeDefault } from '../config/machine.ts'
import { settings } from '../config/settings.ts'

const opening = `<!-- Written by docs/generate.ts from config/settings.ts. Do not edit: run \`npm run docs\`. -->

# Settings

Each setting may be written in \`halftone.config.ts\` by its name, or given by its environment variable, which wins; the
command line wins over both. Bytes are written \`64MB\` or \`1GiB\`, durations \`500ms\`, \`10s\`, \`5m\`, \`1h\`, \`30d\`. Whatever is
wrong is reported together at start, by the name it was written under.

## Scalar settings`

const sources = `## Sources

\`sources\` in the configuration file maps a name (the first part of every URL) to one of four kinds. The source
\`uploads\` is always there: its paths are the identifiers of files that were uploaded. It may be written as
\`uploads: { keys: [...], defaults: 'auto=format' }\` to ask for signed URLs or to have defaults of its own; [languages.md](languages.md) tells of the addresses that
Uploadcare's clients write.

| kind | written | a URL's path is |
| --- | --- | --- |
| folder | \`{ folder: '/srv/photos' }\` | a file below the folder; links that lead out of it are not followed |
| site | \`{ site: 'https://shop.example/media/' }\` | appended to the address, exactly as it is written |
| web proxy | \`{ hosts: ['images.example', '*.example.org', 'a.example:8443'] }\` | a whole URL on one of the hosts, percent-encoded as one component; written plainly it is taken as it is, without a query |
| bucket | \`{ bucket: { kind: 's3', bucket: 'pictures', accessKeyId: '…', secretAccessKey: '…' }, prefix: 'photos/' }\` | a file below the folder \`prefix\` of a bucket of S3, Azure, Swift or a folder, written as the setting \`storage\` is |

| option | of | means | default |
| --- | --- | --- | --- |
| \`keys\` | all | secrets (16 characters or more) that sign URLs; the first signs, all verify. Better given as \`HALFTONE_KEYS_<NAME>\` | none: unsigned URLs are answered |
| \`signature\` | all | \`hmac-sha256\` or \`imgix-md5\` | \`hmac-sha256\` |
| \`defaults\` | all | options every picture starts from, as a query | |
| \`fallback\` | all | picture shown in place of one that cannot be made, as \`/source/path\`; the status stays that of the failure | the setting \`fallback\` |
| \`fresh\` | all | how long a source that says nothing itself is taken as unchanged | \`1h\` |
| \`lenient\` | all | show what there is of a picture that is cut short, instead of refusing it | \`false\` |
| \`headers\` | site, web proxy | sent with every request to the asked host, never to where it redirects | |
| \`hosts\` | site | further hosts a redirect may lead to | |
| \`allowAddresses\` | site, web proxy | private addresses (CIDR) that may be reached | none |
| \`ignoreCacheControl\` | site, web proxy | keep pictures although the server says no-store or private | \`false\` |
`

export function settingsPage(): string {
  const rows = Object.entries(settings).map(
    ([name, { variable, fallback, about }]) =>
      `| \`${name}\` | \`${variable}\` | ${shown(fallback)} | ${about} |`,
  )
  const table = ['| setting | variable | default | means |', '| --- | --- | --- | --- |', ...rows].join('\n')
  return `${opening}\n\n${table}\n\n${sources}`
}

function shown(fallback: unknown): string {
  const text = describeDefault(fallback)
  return text && `\`${text}\``
}
