// What the OpenAPI document says, and whether an answer is as it says.
import { createRequire } from 'node:module'
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js'
import { expect } from 'vitest'

const require = createRequire(import.meta.url)
const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv }
const addFormats = require('ajv-formats') as (ajv: Ajv) => void

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly schema: Schema
}

export interface Schema {
  readonly type?: string
  readonly example?: unknown
  readonly $ref?: string
  readonly items?: Schema
}

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema; example?: unknown }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

export interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

export type Described = ReturnType<typeof describedBy>

/** Fails the test when an answer is not one that the document describes. */
export function describedBy(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addSchema(document, 'doc')
  const seen = new Set<string>()

  /** The path with the fewest parameters goes first, as it does on the server. */
  const templates = Object.keys(document.paths)
    .map((template) => ({ template, shape: shapeOf(template), open: template.split('{').length }))
    .sort((one, other) => one.open - other.open)

  function operationOf(method: string, path: string) {
    const verb = method.toLowerCase()
    const found = templates.find(
      ({ template, shape }) => shape.test(path) && document.paths[template]?.[verb],
    )
    const operation = found && document.paths[found.template]?.[verb]
    if (!found || !operation) throw new Error(`the document has no ${method} ${path}`)
    return { operation, pointer: ['paths', found.template, verb] }
  }

  function check(method: string, path: string, { status, type, body }: Answer): void {
    const { operation, pointer } = operationOf(method, path)
    const described = operation.responses[status]
    expect(described, `${method} ${path} answered ${status}: ${body.subarray(0, 300)}`).toBeDefined()
    if (status < 300) seen.add(operation.operationId)
    const media = type.split(';')[0]?.trim() ?? ''
    const wanted = Object.keys(described?.content ?? {}).find((one) => isMedia(one, media))
    if (body.length === 0) return
    expect(wanted, `${method} ${path} answered ${status} as ${media}`).toBeDefined()
    if (!/json$/.test(media)) return
    const schema = pointerTo([...pointer, 'responses', String(status), 'content', wanted ?? '', 'schema'])
    const validate = ajv.compile({ $ref: `doc#${schema}` })
    const lines = media.includes('ndjson') ? body.toString().trim().split('\n') : [body.toString()]
    for (const line of lines) {
      const isFine = validate(JSON.parse(line))
      expect(isFine ? [] : validate.errors, `${method} ${path} ${status}: ${line.slice(0, 500)}`).toEqual([])
    }
  }

  const schemaOf = (name: string) => ajv.compile({ $ref: `doc#/components/schemas/${name}` })

  return { document, check, seen, operationOf, schemaOf }
}

export const shapeOf = (template: string): RegExp => {
  // The key of a stored result has slashes in it.
  const any = template === '/results/{key}' ? '.+' : '[^/]+'
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, any)}$`)
}

const isMedia = (described: string, media: string): boolean =>
  described === '*/*' ||
  described === media ||
  (described.endsWith('/*') && media.startsWith(described.slice(0, -1)))

const pointerTo = (keys: readonly string[]): string =>
  keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')
