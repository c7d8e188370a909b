// Uploadcare's addresses: /UUID/-/operation/arguments/-/.../name, over the source `uploads`.
import type { Language, PictureRequest } from './language.ts'
import { presets } from './shared/mounted.ts'
import { compile } from './uploadcare/compile.ts'
import { ourExpiry } from './uploadcare/expiry.ts'
import { uploadcareColours, uploadcareFaces, uploadcareFacts } from './uploadcare/facts.ts'
import { type Operation, readPath, type UploadcarePath } from './uploadcare/path.ts'
import { expiryOf, verifyToken } from './uploadcare/token.ts'

const address = /^\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\/|$)/i
const source = 'uploads'

export const uploadcare: Language = {
  recognises: (rawPath) => address.test(rawPath),
  read(target) {
    const asked = readPath(target.rawPath)
    return {
      source,
      path: asked.id,
      verify: (signing) => verifyToken(target, signing),
      readOptions(defaults): PictureRequest {
        const expires = expiryOf(target.query) ?? ourExpiry(target.query)
        const { options, ...rest } = meaning(asked, defaults)
        return { ...rest, options: { ...options, ...(expires !== undefined && { expires }) } }
      },
    }
  },
}

/** The picture as it was uploaded may lie upon itself. */
const ofItself =
  (id: string) =>
  (operation: Operation): Operation =>
    operation.name === 'overlay' && operation.args[0] === 'self'
      ? { ...operation, args: [id, ...operation.args.slice(1)] }
      : operation

function meaning({ id, operations, name }: UploadcarePath, defaults: string): PictureRequest {
  const { options, as, told } = compile(operations.map(ofItself(id)))
  const saving = as !== undefined || name !== undefined ? { as, name } : undefined
  if (told) return { options, reshape: told === 'detect_faces' ? uploadcareFaces : uploadcareColours }
  if (options.format === 'json') return { options, reshape: (answer) => uploadcareFacts(answer, id) }
  if (options.format === 'original') return { options, saving }
  return { options: { ...presets(defaults), ...options }, saving }
}
