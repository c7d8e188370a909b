// A source's facts as a JSON document (fm=json).
import { type Facts, sourceTypes, upright } from '../transforms/index.ts'

/** `width` and `height` are what a viewer sees; `stored` is before the EXIF orientation. */
export function describe(facts: Facts): Buffer {
  const { format, width, height, scans: _, colour: __, exact: ___, pageSizes: ____, ...rest } = facts
  const document = {
    format,
    type: sourceTypes[format],
    ...upright(facts),
    stored: { width, height },
    ...rest,
  }
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`)
}
