// Purges, as they are asked for and acknowledged.
import { z } from '@hono/zod-openapi'
import { time } from './scalars.ts'

const list = (description: string, example: string) =>
  z
    .array(z.string().min(1).max(8192))
    .max(1000)
    .optional()
    .openapi({ description, example: [example] })

export const PurgeOrder = z
  .strictObject({
    urls: list(
      'Addresses with their options, in any order, whole or from the path on: each as every kind of client gets it.',
      '/photos/cat.jpg?w=640&auto=format',
    ),
    pictures: list('Source pictures: all that was made from them.', '/photos/cat.jpg'),
    keys: list('All that carries one of these surrogate keys.', 'photos'),
    prefixes: list('All addresses that begin so.', '/photos/2026/'),
    sources: list('All pictures of these sources.', 'photos'),
    sites: list('All that is stored of these sites.', 'shop'),
    all: z.boolean().optional().openapi({ description: 'Everything.' }),
    soft: z.boolean().optional().openapi({
      description: 'Old ones are served while new ones are fetched, once. By default they are gone.',
    }),
  })
  .openapi('PurgeOrder', { example: { pictures: ['/photos/cat.jpg'], soft: true } })

export const PurgeReceipt = z
  .object({
    soft: z.boolean(),
    complete: z.boolean().openapi({ description: 'Whether all have answered.' }),
    parts: z.array(
      z.object({
        part: z.string().openapi({
          description: 'A cache: nginx, edge, shield, origin, result cache or source cache.',
          example: 'result cache',
        }),
        member: z.string().optional().openapi({
          description: 'The address of its process; absent for this one, where it does not know its own.',
          example: 'http://10.0.0.5:8080',
        }),
        purged: time().optional().openapi({ description: 'From then on nothing older leaves it.' }),
        failed: z.string().optional().openapi({ description: 'Why it did not answer, in a sentence.' }),
      }),
    ),
  })
  .openapi('PurgeReceipt')
