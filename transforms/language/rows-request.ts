// The rows of the table of options that are spent on the way: they choose, admit or name, and are in no key.
import { fileName, flag, integer, listOf, same, text } from '../options/kinds.ts'
import type { Rows } from '../options/option-types.ts'

/** Options that the edge uses up: they become others, or decide whether to answer at all, and are in no key. */
export const requestRows = {
  automatic: {
    key: 'auto',
    kind: listOf(same('format', 'compress', 'enhance', 'jxl'), ['redeye', 'true']),
    section: 'Automatic',
    merges: true,
    plainOnly: true,
    about:
      "`format` picks the smallest format that the client accepts: AVIF, WebP, the source's own; else `fm`, else JPEG or PNG. For a client that asks for videos (`Accept: video/*` and no picture) an animation becomes MP4. `jxl` beside it adds JPEG XL, for clients that name it, where cjxl is installed. `compress` lowers the default quality. `enhance` improves tones by what the picture shows.",
    example: { value: 'format', frame: 'w=320' },
  },
  hints: {
    key: 'ch',
    kind: listOf(same('width', 'dpr', 'save-data')),
    section: 'Automatic',
    plainOnly: true,
    about:
      'Client hints that may drive the answer: `Width` replaces `w` (and `dpr`), `DPR` replaces `dpr`, `Save-Data` lowers the default quality.',
    example: { value: 'dpr', same: 'It changes what a browser that sends such hints gets.' },
  },
  progressive: {
    key: 'jpg-progressive',
    aliases: ['jpeg-progressive'],
    kind: flag,
    section: 'Format',
    needs: '`fm=jpg`',
    about:
      '`true` makes a progressive JPEG, as `fm=pjpg` does; `false` is the baseline JPEG that `fm=jpg` is.',
    example: { value: 'true', beside: 'fm=jpg', frame: 'w=320' },
  },
  expires: {
    key: 'expires',
    kind: integer(0, 9_999_999_999, 'a time in Unix seconds'),
    section: 'Access',
    about: 'Unix time in seconds, past which the address answers 404. Sign the address to make it hold.',
    example: { value: '4102444800', same: 'It is a matter of when the address is asked for.' },
  },
  download: {
    key: 'dl',
    kind: fileName,
    section: 'Access',
    about:
      'Answers as a download under this file name. The picture itself stays the same, and so does its key.',
    example: { value: 'sky.webp', same: 'The answer is a download of the same picture.' },
  },
  signature: {
    key: 's',
    kind: text(200, 'a signature'),
    section: 'Access',
    about: 'Signature of the address, always last.',
    example: { value: '0', same: 'The samples need no signature.' },
  },
} satisfies Rows
