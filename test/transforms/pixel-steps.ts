// Makes pictures by a query and reads their pixels, for the tests of single steps.
import sharp from 'sharp'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'

type Rgb = readonly [number, number, number]

/** A picture without loss whose pixels are these, row by row. */
export const picture = (rows: readonly (readonly (readonly number[])[])[]): Promise<Buffer> => {
  const channels = (rows[0]?.[0]?.length ?? 3) as 1 | 2 | 3 | 4
  return sharp(Buffer.from(rows.flat(2)), {
    raw: { width: rows[0]?.length ?? 1, height: rows.length, channels },
  })
    .png()
    .toBuffer()
}

/** A picture of one colour. */
export const flat = ([r, g, b]: Rgb, width = 8, height = 8): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer()

export interface Seen {
  readonly width: number
  readonly height: number
  readonly channels: number
  /** Red, green, blue and, where it was made, alpha. */
  at(x: number, y: number): number[]
}

/** What `query` makes of the source, without loss unless it names a format. */
export async function seen(
  source: Uint8Array,
  query: string,
  further: readonly Uint8Array[] = [],
): Promise<Seen> {
  const { body } = await made(source, /fm=/.test(query) ? query : `${query}&fm=png`, further)
  const image = sharp(body).toColourspace('srgb')
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  return {
    width,
    height,
    channels,
    at: (x, y) => [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)],
  }
}

export function made(source: Uint8Array, query: string, further: readonly Uint8Array[] = []) {
  const spec = exact(parse(query), { formats: 'basic', saveData: false })
  const facts = identify(source)
  return render(
    source,
    plan(
      spec,
      facts,
      further.map((each) => identify(each)),
    ),
    { facts, further },
  )
}
