// Files that come in parts: the plan, and how far it is.
import { z } from '@hono/zod-openapi'
import { FileId, uploadOptionsInJson } from './files.ts'
import { inJson, time } from './scalars.ts'

export const NewMultipart = z
  .strictObject({
    name: z.string().min(1).max(255).openapi({ example: 'film.tif' }),
    bytes: inJson.integer(1).openapi({ description: 'Of the whole file.', example: 20_000_000 }),
    type: z.string().max(255).optional().openapi({ example: 'image/tiff' }),
    part_bytes: inJson
      .integer(5 * 2 ** 20, 2 ** 30)
      .optional()
      .openapi({
        description: 'Of all parts but the last. By default 5 MiB, more where that made over 10,000.',
      }),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, { error: 'expected 64 hexadecimal digits' })
      .optional()
      .openapi({ description: 'Of the whole file: completing it fails with another.' }),
    ...uploadOptionsInJson,
  })
  .openapi('NewMultipart', { example: { name: 'film.tif', bytes: 20_000_000, type: 'image/tiff' } })

export const Multipart = z
  .object({
    id: FileId,
    part_bytes: z.int(),
    parts: z.int().openapi({ description: 'How many, numbered from 1.' }),
    part_url: z.string().openapi({ description: 'Where a part is put; {part} stands for its number.' }),
  })
  .openapi('Multipart')

export const MultipartState = z
  .object({
    ...Multipart.shape,
    name: z.string().openapi({ example: 'film.tif' }),
    bytes: z.int(),
    created: time(),
    state: z.enum(['receiving', 'assembled']).openapi({
      description:
        'assembled: completing it broke off behind the last part and before its record. Complete it again.',
    }),
    received: z
      .array(z.int())
      .openapi({ description: 'The numbers of the parts that are on the disk.', example: [1, 3] }),
  })
  .openapi('MultipartState')
