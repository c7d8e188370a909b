// A tier with a span around each ask. What it asks of the next tier names that span as the asker.
import { withoutSignature } from '../log.ts'
import { problemIn } from '../problem.ts'
import type { Answer, Tier } from '../tier.ts'
import type { Attributes, SpanStart, Tracer } from './tracer.ts'

export interface TierSpan {
  readonly name: string
  readonly kind: SpanStart['kind']
}

/** The tier itself where nobody traces. */
export function traceTier(tier: Tier, tracer: Tracer | undefined, { name, kind }: TierSpan): Tier {
  if (tracer === undefined) return tier
  return async (ask) => {
    const span = tracer.begin(name, { parent: ask.headers.traceparent, kind })
    const answer = await tier({ ...ask, headers: { ...ask.headers, traceparent: span.traceparent } })
    const { source, path } = namesIn(ask.path)
    const failure = problemIn(answer)?.failure
    span.end(
      {
        ...{ 'halftone.source': source, 'url.path': path, 'halftone.failure': failure },
        ...answerAttributes(answer),
      },
      answer.status >= 500 ? failure : undefined,
    )
    return answer
  }
}

/** The source's name, and the path without its options and without what it may be signed with. */
export function namesIn(target: string): { readonly source: string; readonly path: string } {
  const [path = ''] = withoutSignature(target).split('?', 1)
  return { source: path.split('/', 2)[1] ?? '', path: path.slice(0, 1024) }
}

/** What an answer tells of how it came about. */
export function answerAttributes({
  status,
  headers,
  body,
}: Pick<Answer, 'status' | 'headers' | 'body'>): Attributes {
  return {
    'http.response.status_code': status,
    'http.response.body.size': body.length,
    // Its own member stands last (RFC 9211 2).
    'halftone.cache': headers['cache-status']?.split(',').at(-1)?.trim(),
    'halftone.format': headers['content-type'],
  }
}
