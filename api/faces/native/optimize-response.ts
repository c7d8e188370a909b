// How a call to optimise is answered: a promise, a report, the picture itself, or events while it happens.
import { PassThrough, Readable } from 'node:stream'
import { accepts } from 'hono/accepts'
import { asFailure, Failure } from '../../../errors.ts'
import { optimisedFormats, outputFormats } from '../../../transforms/index.ts'
import { noHold } from '../../services/accounts/index.ts'
import type { Call, OptimisedResult } from '../../services/optimising/optimising.ts'
import type { ApiParts } from '../parts.ts'
import { baseFor } from './app.ts'
import type { NativeContext } from './authenticate.ts'
import type { OptimizeRequest } from './optimize-request.ts'
import { headersOf } from './result-headers.ts'
import { failureView } from './schemas/failures.ts'
import type { OptimizeEvent } from './schemas/promises.ts'
import { identificationView, resultView } from './views.ts'

const eventsType = 'application/x-ndjson'
const pictureTypes = [
  'image/*',
  ...optimisedFormats.map((format) => outputFormats[format].type),
  'image/svg+xml',
]

export async function respondToOptimize(c: NativeContext, parts: ApiParts, asked: OptimizeRequest) {
  const { options, wishes } = asked
  const call: Call = {
    key: c.get('key'),
    hold: c.get('hold'),
    wishes,
    retention: options.retention ?? 'api',
    base: baseFor(c, parts),
  }
  if (options.callback_url !== undefined)
    return respondWithPromise(c, parts, { call, asked, url: options.callback_url })
  switch (options.response ?? chooseResponse(c)) {
    case 'events':
      // The events go on when this call has been answered, and its work is counted or given back at their end.
      c.set('hold', noHold)
      return respondWithEvents(parts, call, asked)
    case 'binary':
      return respondWithPicture(c, parts, { call, asked })
    default:
      return respondWithReport(c, await optimise(parts, call, asked), options.variants !== undefined)
  }
}

function chooseResponse(c: NativeContext): 'json' | 'binary' | 'events' {
  const supports = ['application/json', eventsType, ...pictureTypes]
  const type = accepts(c, { header: 'Accept', supports, default: 'application/json' })
  if (type === eventsType) return 'events'
  return pictureTypes.includes(type) ? 'binary' : 'json'
}

const optimise = async (
  { optimising }: ApiParts,
  call: Call,
  asked: OptimizeRequest,
): Promise<readonly OptimisedResult[]> => optimising.optimise(call, await asked.source(), asked.signal)

function respondWithReport(c: NativeContext, answered: readonly OptimisedResult[], isSet: boolean) {
  const results = answered.map(resultView)
  const [only] = results
  return isSet || only === undefined ? c.json({ results }, 200) : c.json(only, 200)
}

interface OptimizeCall {
  readonly call: Call
  readonly asked: OptimizeRequest
}

async function respondWithPicture(
  c: NativeContext,
  parts: ApiParts,
  { call, asked }: OptimizeCall,
): Promise<Response> {
  if (call.wishes.length > 1) {
    await asked.discard()
    throw new Failure('bad-option', 'A picture itself can only be answered where one result is asked for.', {
      option: 'variants',
      expected: 'one variant, or an answer in JSON',
    })
  }
  const [only] = await optimise(parts, call, asked)
  if (!only) throw new Failure('internal', 'Nothing came out.')
  return c.body(new Uint8Array(only.body), 200, headersOf(only))
}

async function respondWithPromise(
  c: NativeContext,
  { optimising }: ApiParts,
  { call, asked, url }: OptimizeCall & { url: string },
) {
  const { callback_secret: secret, reference } = asked.options
  const id = await optimising.promise(call, await asked.source(), {
    face: 'native',
    url,
    ...(secret === undefined ? {} : { secret }),
    ...(reference === undefined ? {} : { context: { reference } }),
  })
  const status_url = `${call.base}/v1/optimize/${id}`
  return c.json({ id, status_url }, 202, { location: status_url })
}

/** A failure before the first event is still answered with its own status. */
async function respondWithEvents(
  { optimising, log }: ApiParts,
  call: Call,
  asked: OptimizeRequest,
): Promise<Response> {
  const events = new PassThrough()
  const begun = Promise.withResolvers<void>()
  let hasBegun = false
  const emit = (event: OptimizeEvent): void => {
    hasBegun = true
    events.write(`${JSON.stringify(event)}\n`)
    begun.resolve()
  }
  const work = async (): Promise<void> => {
    const source = await asked.source((found) =>
      emit({ event: 'identified', picture: found && identificationView(found) }),
    )
    if ('received' in source) {
      const { name, bytes, sha1 } = source.received
      emit({ event: 'received', name, bytes, sha1 })
    }
    emit({ event: 'optimising' })
    const answered = await optimising.optimise(call, source, asked.signal)
    emit({ event: 'done', results: answered.map(resultView) })
  }
  work()
    .catch((thrown) => {
      if (!hasBegun) return begun.reject(thrown)
      const { kind, message } = asFailure(thrown)
      // The status has gone out as 200: nobody else would know.
      if (kind === 'internal') log.error({ err: thrown }, 'a watched call failed')
      emit({ event: 'failed', problem: failureView({ kind, message }) })
    })
    .finally(async () => {
      events.end()
      await call.hold
        ?.release()
        .catch((error) => log.warn({ err: error }, 'a reservation ends with its lease'))
    })
  await begun.promise
  // Without the last header nginx would keep the events until there are enough of them.
  const headers = { 'content-type': eventsType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  return new Response(Readable.toWeb(events) as ReadableStream, { headers })
}
