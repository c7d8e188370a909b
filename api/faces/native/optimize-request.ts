// Reads the options of a call to optimise from the query, a header, a form or JSON. A body that is the picture itself is
// read only by `source`, when the options are known to be valid.
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../../errors.ts'
import { isCoded } from '../../intake/content.ts'
import { dispositionName, utf8Of } from '../../intake/file-name.ts'
import type { Form, ReceiveOptions } from '../../intake/intake.ts'
import type { OptimiseSource, Wish } from '../../services/optimising/optimising.ts'
import type { ApiParts } from '../parts.ts'
import { mediaType, untilLeft } from '../request.ts'
import { jsonOf, objectOf } from './app.ts'
import type { NativeContext } from './authenticate.ts'
import { wishesOf } from './optimize-options.ts'
import { parseWith } from './problems.ts'
import {
  OptimizeFields,
  OptimizeOptions,
  type OptimizeQuery,
  OptimizeUrl,
} from './schemas/optimize-options.ts'

export interface OptimizeRequest {
  readonly options: OptimizeOptions
  readonly wishes: readonly Wish[]
  readonly signal: AbortSignal
  /** Reads the body, or returns the address. `identified` is called once, with the first bytes of a body. */
  source(identified?: ReceiveOptions['onIdentified']): Promise<OptimiseSource>
  /** To be called instead of `source`. */
  discard(): Promise<void>
}

type GivenOptions = Readonly<Record<string, unknown>>

/** `query` has been read by its schema, so that all that is joined here is of JSON's own kinds. */
export async function readOptimizeRequest(
  c: NativeContext,
  parts: ApiParts,
  query: OptimizeQuery,
): Promise<OptimizeRequest> {
  const { incoming } = c.env
  const { left: within } = c.get('hold')
  const given: GivenOptions = { ...query, ...headerOptions(c) }
  const signal = untilLeft(c.env)
  const kind = mediaType(incoming)
  if (kind === 'application/json')
    return byUrl(parts, { given: { ...given, ...(await jsonOf(c, parts)) }, signal })
  if (kind === 'multipart/form-data') return byForm(parts, { incoming, given, signal, within })
  const options = parseWith(OptimizeOptions, given)
  return {
    ...readOptions(parts, options),
    signal,
    discard: async () => {},
    source: async (identified) => {
      const { optimiseBytes: maxBytes } = parts.limits
      const told = identified ? { onIdentified: identified } : {}
      const named = describeBody(incoming, options.name)
      return {
        received: await parts.intake.receive(incoming, {
          ...named,
          ...told,
          maxBytes,
          within,
          onlyPictures: true,
          signal,
        }),
      }
    },
  }
}

function byUrl(
  parts: ApiParts,
  { given, signal }: { given: GivenOptions; signal: AbortSignal },
): OptimizeRequest {
  const { url, source_headers: headers, ...options } = parseWith(OptimizeUrl, given)
  const source = { url, ...(headers ? { headers } : {}) }
  return { ...readOptions(parts, options), signal, source: async () => source, discard: async () => {} }
}

interface FormInput {
  readonly incoming: IncomingMessage
  readonly given: GivenOptions
  readonly signal: AbortSignal
  readonly within: () => number
}

async function byForm(
  parts: ApiParts,
  { incoming, given, signal, within }: FormInput,
): Promise<OptimizeRequest> {
  const maxBytes = parts.limits.optimiseBytes
  const request = { headers: incoming.headers, body: incoming }
  const taking = { maxBytes, within, onlyPictures: true, maxFiles: 1, signal }
  const form = await parts.intake.form(request, taking)
  try {
    return ofForm(parts, { form, given, signal })
  } catch (thrown) {
    await form.discard()
    throw thrown
  }
}

function ofForm(
  parts: ApiParts,
  { form, given, signal }: Omit<FormInput, 'incoming' | 'within'> & { form: Form },
): OptimizeRequest {
  const { options, ...fields } = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]))
  const written = parseWith(OptimizeFields, fields)
  const all: GivenOptions = { ...given, ...objectOf(options ?? '', "field 'options'"), ...written }
  const received = form.files[0]?.received
  if (!received && !('url' in all))
    throw new Failure('bad-body', "The form has neither a 'file' nor a 'url'.", { option: 'file' })
  if (!received) return byUrl(parts, { given: all, signal })
  return {
    ...readOptions(parts, parseWith(OptimizeOptions, all)),
    signal,
    discard: () => form.discard(),
    source: async (identified) => {
      identified?.(received.identification)
      return { received }
    },
  }
}

function readOptions({ hooks }: ApiParts, options: OptimizeOptions) {
  if (options.callback_url !== undefined) hooks.check(options.callback_url)
  return { options, wishes: wishesOf(options) }
}

const headerOptions = (c: NativeContext): GivenOptions =>
  objectOf(utf8Of(c.req.header('halftone-options') ?? ''), "header 'Halftone-Options'")

/** The name, type and length that the headers give for a body that is the file itself. */
export function describeBody({ headers }: IncomingMessage, name?: string) {
  const { 'content-type': type, 'content-length': length } = headers
  return {
    name: dispositionName(headers['content-disposition']) ?? name,
    type,
    length: length === undefined || isCoded(headers) ? undefined : Number(length),
    headers,
  }
}
