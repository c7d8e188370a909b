// What all routes of the native API stand on: one way to refuse, one way to answer JSON.
import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { Failure } from '../../../errors.ts'
import type { PublicBases } from '../../services/uploads/file-event.ts'
import { jsonFrom } from '../json.ts'
import type { ApiParts } from '../parts.ts'
import { baseOf, basesOf, textOf } from '../request.ts'
import type { Guard, NativeContext, NativeEnv } from './authenticate.ts'
import { problemResponse, schemaFailure } from './problems.ts'

export type NativeApp = OpenAPIHono<NativeEnv>

/** What a file of routes is given. */
export interface Routing {
  readonly app: NativeApp
  readonly parts: ApiParts
  readonly guard: Guard
}

export const newApp = (): NativeApp =>
  new OpenAPIHono<NativeEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      return problemResponse(c, schemaFailure(result.error, (result as { data?: unknown }).data))
    },
  })

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const jsonRequest = <T extends z.ZodType>(schema: T, required = true) => ({
  required,
  content: { 'application/json': { schema } },
})

export const binary = { type: 'string', format: 'binary' } as const

/** Of the API itself. */
export const baseFor = (c: NativeContext, { publicUrl }: ApiParts): string =>
  baseOf(c.env.incoming, publicUrl)

export const basesFor = (c: NativeContext, parts: ApiParts): PublicBases => basesOf(c.env.incoming, parts)

/** For routes that take JSON among other bodies, which the framework must not touch. */
export async function jsonOf(
  c: NativeContext,
  { limits }: ApiParts,
): Promise<Readonly<Record<string, unknown>>> {
  return objectOf(await textOf(c.env.incoming, limits.jsonBytes), 'body')
}

/** A JSON object, from a text that somebody sent; none where there is no text. */
export function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  const given = text === '' ? {} : parseJson(text, where)
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given }
  throw new Failure('bad-body', `The ${where} is no JSON object.`)
}

function parseJson(text: string, where: string): unknown {
  try {
    return jsonFrom(text)
  } catch (cause) {
    throw new Failure('bad-body', `The ${where} is not JSON, or too deep.`, { cause })
  }
}

export const notFound = (what: string): Failure =>
  new Failure('not-found', `There is no such ${what} in this project.`)
