// Pages of a list: a cursor that a client hands back unread, and the link to the next page (RFC 8288).
import { z } from '@hono/zod-openapi'
import { Failure } from '../../../errors.ts'
import { jsonFrom } from '../json.ts'
import type { NativeContext } from './authenticate.ts'
import { integer } from './schemas/scalars.ts'

export const paging = {
  limit: integer(1, 1000)
    .optional()
    .openapi({ description: 'Rows of a page; 50 when not said.', example: 50 }),
  cursor: z.string().max(500).optional().openapi({ description: '`next` of the page before.' }),
}

export const pageOf = <T extends z.ZodType>(name: string, item: T) =>
  z
    .object({
      items: z.array(item),
      next: z.string().nullable().openapi({
        description: 'The cursor of the next page; null on the last. Also in the header `Link`.',
      }),
    })
    .openapi(name)

export const linkHeader = {
  headers: z.object({
    link: z.string().optional().openapi({ description: 'The next page: <?cursor=…>; rel="next"' }),
  }),
}

/** A place in a list as text; `undefined` for the beginning. */
export function placeOf<T extends z.ZodType>(schema: T, cursor: string | undefined): z.output<T> | undefined {
  if (cursor === undefined) return undefined
  const parsed = schema.safeParse(read(cursor))
  if (parsed.success) return parsed.data
  throw new Failure('bad-option', "The cursor is not one that a page's `next` gave.", {
    option: 'cursor',
    expected: 'the `next` of a page',
  })
}

const cursorOf = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function read(cursor: string): unknown {
  try {
    return jsonFrom(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Lists that are told by a row's id go on after that id. */
export const IdPlace = z.string().max(100)
/** Lists by time whose ids do not carry it. */
export const TimePlace = z.object({ created: z.int(), id: z.string().max(100) })

/** The page as it is answered, its `Link` set. */
export function pageBody<T>(
  c: NativeContext,
  items: readonly T[],
  place: unknown,
): { items: T[]; next: string | null } {
  if (place === null) return { items: [...items], next: null }
  const next = cursorOf(place)
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', next)
  // Without the path: a proxy may have another in front of it.
  c.header('link', `<${url.search}>; rel="next"`)
  return { items: [...items], next }
}
