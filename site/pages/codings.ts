// Content codings of pages: taken off before something is added, and put on again as the client asked for them.
import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib'
import type { Coding } from './touchable.ts'

interface Coder {
  readonly decode: () => Transform
  readonly encode: () => Transform
}

const chunkSize = 64 * 1024

/** What comes goes out at once: a page that is slow at its origin shows its beginning. */
const coders: Readonly<Record<Exclude<Coding, 'identity'>, Coder>> = {
  gzip: {
    decode: () => createGunzip({ chunkSize }),
    encode: () => createGzip({ chunkSize, level: 5, flush: constants.Z_SYNC_FLUSH }),
  },
  br: {
    decode: () => createBrotliDecompress({ chunkSize }),
    encode: () =>
      createBrotliCompress({
        ...{ chunkSize, flush: constants.BROTLI_OPERATION_FLUSH },
        // Its highest quality, which is the default, takes seconds for a page.
        params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 19 },
      }),
  },
  zstd: {
    decode: () => createZstdDecompress({ chunkSize }),
    encode: () => createZstdCompress({ chunkSize, flush: constants.ZSTD_e_flush }),
  },
}

/** The streams that stand around whatever reads and writes a page as it is. */
export function around(coding: Coding): { readonly before: Transform[]; readonly behind: Transform[] } {
  if (coding === 'identity') return { before: [], behind: [] }
  const { decode, encode } = coders[coding]
  return { before: [decode()], behind: [encode()] }
}
