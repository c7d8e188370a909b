// The native language: /source/path?options, the names of the options as imgix made them common.
import { parse, parsePath } from '../../transforms/index.ts'
import { verify } from '../signature.ts'
import type { Language, PictureRequest } from './language.ts'

export const native: Language = {
  recognises: () => true,
  read: ({ whole, rawPath, query }) => ({
    ...parsePath(rawPath),
    verify: (signing) => verify(whole, signing),
    readOptions(defaults): PictureRequest {
      // The first of two equal keys wins, so the source's defaults come last.
      const options = parse([query, defaults].filter(Boolean).join('&'))
      const { download } = options
      return { options, ...(download !== undefined && { saving: { as: 'attachment', name: download } }) }
    },
  }),
}
