// The figures of a result as header fields, for who asks for the picture itself.
import { z } from '@hono/zod-openapi'
import type { Outcome } from '../../services/optimising/optimising.ts'
import { hundredths, percentOf } from './views.ts'

const field = (description: string) => z.string().optional().openapi({ description })

export const resultHeaders = z.object({
  'halftone-id': field(
    'Of the result, for /v1/results/{id}. This and all that follow: where the picture itself is answered.',
  ),
  'halftone-source': field('Format, width, height and bytes of the source: jpeg;w=1600;h=1200;bytes=500000'),
  'halftone-result': field('The same of the result.'),
  'halftone-saved': field('Bytes saved, and percent: 312000;percent=62.4'),
  'halftone-score': field('SSIMULACRA2, where it was judged.'),
  'halftone-quality': field("The encoder's quality."),
  'halftone-chroma': field('4:2:0, 4:2:2 or 4:4:4.'),
  'halftone-chosen': field('The way that was chosen of those tried.'),
  'halftone-expires': field('Until when the result can be fetched at Content-Location.'),
  'content-location': field('Where the result can be fetched.'),
})

export function headersOf(outcome: Outcome): Record<string, string> {
  const { id, name, url, figures, sha1, expires } = outcome
  const { source, report } = figures
  const score = report.score === undefined ? undefined : hundredths(report.score)
  const maybe = { score, quality: report.quality, chroma: report.chroma }
  return {
    'content-type': figures.type,
    'content-disposition': dispositionOf('inline', name),
    'content-location': url,
    etag: `"${sha1}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'halftone-id': id,
    'halftone-source': measures({ ...source, name: source.format }),
    'halftone-result': measures({ ...figures, name: figures.format, bytes: report.bytes }),
    'halftone-saved': `${report.saved};percent=${percentOf(report)}`,
    'halftone-chosen': printable(report.chosen),
    'halftone-expires': new Date(expires).toISOString(),
    ...Object.fromEntries(
      Object.entries(maybe)
        .filter(([, value]) => value !== undefined)
        .map(([figure, value]) => [`halftone-${figure}`, String(value)]),
    ),
  }
}

interface PictureSize {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly bytes: number
}

const measures = ({ name, width, height, bytes }: PictureSize): string =>
  `${name};w=${width};h=${height};bytes=${bytes}`

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

/** Content-Disposition (RFC 6266): the name as it is, and in ASCII for who cannot read that (RFC 8187). */
export function dispositionOf(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const extended = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  return plain === name
    ? `${kind}; filename="${plain}"`
    : `${kind}; filename="${plain}"; filename*=UTF-8''${extended}`
}
