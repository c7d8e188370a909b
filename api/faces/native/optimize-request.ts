// What a call to optimise asks for, wherever its options stand: query, header, form or JSON. Where the body is the
// picture nothing of it is read in here: `source` does that, when the options are known to be right.
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../../errors.ts'
import { isCoded } from '../../intake/content.ts'
import { dispositionName, utf8Of } from '../../intake/file-name.ts'
import type { Form, ReceiveOptions } from '../../intake/intake.ts'
import type { Source, Wish } from '../../services/optimising/optimising.ts'
import type { ApiParts } from '../parts.ts'
import { mediaType, untilLeft } from '../request.ts'
import { jsonOf, objectOf } from './app.ts'
import type { NativeContext } from './authenticate.ts'
import { wishesOf } from './optimize-options.ts'
import { checked } from './problems.ts'
import {
  OptimizeFields,
  OptimizeOptions,
  type OptimizeQuery,
  OptimizeUrl,
} from './schemas/optimize-options.ts'

export interface Asked {
  readonly options: OptimizeOptions
  readonly wishes: readonly Wish[]
  readonly signal: AbortSignal
  /** Reads the body, or tells the address; `identified` is told once, on the first bytes of a body. */
  source(identified?: ReceiveOptions['identified']): Promise<Source>
  /** Where `source` will not be asked. */
  discard(): Promise<void>
}

type Given = Readonly<Record<string, unknown>>

/** `query` has been read by its schema, so that all that is joined here is of JSON's own kinds. */
export async function asked(c: NativeContext, parts: ApiParts, query: OptimizeQuery): Promise<Asked> {
  const { incoming } = c.env
  const { left: within } = c.get('hold')
  const given: Given = { ...query, ...headerOptions(c) }
  const signal = untilLeft(c.env)
  const kind = mediaType(incoming)
  if (kind === 'application/json')
    return byUrl(parts, { given: { ...given, ...(await jsonOf(c, parts)) }, signal })
  if (kind === 'multipart/form-data') return byForm(parts, { incoming, given, signal, within })
  const options = checked(OptimizeOptions, given)
  return {
    ...wanted(parts, options),
    signal,
    discard: async () => {},
    source: async (identified) => {
      const { optimiseBytes: maxBytes } = parts.limits
      const told = identified ? { identified } : {}
      const named = namedAs(incoming, options.name)
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

function byUrl(parts: ApiParts, { given, signal }: { given: Given; signal: AbortSignal }): Asked {
  const { url, source_headers: headers, ...options } = checked(OptimizeUrl, given)
  const source = { url, ...(headers ? { headers } : {}) }
  return { ...wanted(parts, options), signal, source: async () => source, discard: async () => {} }
}

interface FormAsked {
  readonly incoming: IncomingMessage
  readonly given: Given
  readonly signal: AbortSignal
  readonly within: () => number
}

async function byForm(parts: ApiParts, { incoming, given, signal, within }: FormAsked): Promise<Asked> {
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
  { form, given, signal }: Omit<FormAsked, 'incoming' | 'within'> & { form: Form },
): Asked {
  const { options, ...fields } = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]))
  const written = checked(OptimizeFields, fields)
  const all: Given = { ...given, ...objectOf(options ?? '', "field 'options'"), ...written }
  const received = form.files[0]?.received
  if (!received && !('url' in all))
    throw new Failure('bad-body', "The form has neither a 'file' nor a 'url'.", { option: 'file' })
  if (!received) return byUrl(parts, { given: all, signal })
  return {
    ...wanted(parts, checked(OptimizeOptions, all)),
    signal,
    discard: () => form.discard(),
    source: async (identified) => {
      identified?.(received.identification)
      return { received }
    },
  }
}

function wanted({ hooks }: ApiParts, options: OptimizeOptions) {
  if (options.callback_url !== undefined) hooks.check(options.callback_url)
  return { options, wishes: wishesOf(options) }
}

const headerOptions = (c: NativeContext): Given =>
  objectOf(utf8Of(c.req.header('halftone-options') ?? ''), "header 'Halftone-Options'")

/** What a client says of a body that is the file itself. */
export function namedAs({ headers }: IncomingMessage, name?: string) {
  const { 'content-type': type, 'content-length': length } = headers
  return {
    name: dispositionName(headers['content-disposition']) ?? name,
    type,
    length: length === undefined || isCoded(headers) ? undefined : Number(length),
    headers,
  }
}
