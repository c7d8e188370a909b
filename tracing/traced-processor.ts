// The processor with a span for each picture: from the queue to the bytes, and within it what the worker measured.
import { asFailure } from '../errors.ts'
import { price } from '../transforms/index.ts'
import type { Picture, Processor } from '../transforms/processor.ts'
import type { Span, Tracer } from './tracer.ts'

/** The processor itself where nobody traces. */
export function traceProcessor(processor: Processor, tracer: Tracer | undefined): Processor {
  if (tracer === undefined) return processor
  return {
    ...processor,
    process(job, plans, signal) {
      const parent = job.traceparent
      const spans = plans.map(() => tracer.begin('process', { parent, kind: 'internal' }))
      return processor.process(job, plans, signal).map(async (making, i) => {
        const plan = plans[i]
        const span = spans[i]
        if (plan === undefined || span === undefined) return making
        const told = { 'halftone.price_ms': Math.round(price(plan, job.facts)), 'halftone.source': job.owner }
        try {
          const picture = await making
          tellRender(tracer, span, picture)
          span.end({ ...told, 'halftone.format': picture.type })
          return picture
        } catch (thrown) {
          span.end(told, asFailure(thrown).kind)
          throw thrown
        }
      })
    },
  }
}

/** The worker is in another process, which sends nothing by itself: it says how long it took. */
function tellRender(tracer: Tracer, { traceparent }: Span, picture: Picture): void {
  const endedAt = Date.now()
  const render = tracer.begin('render', {
    parent: traceparent,
    kind: 'internal',
    startedAt: endedAt - picture.renderMs,
  })
  render.end(
    {
      'halftone.format': picture.type,
      'halftone.width': picture.width,
      'halftone.height': picture.height,
      'halftone.quality': picture.found && String(picture.found.quality),
    },
    undefined,
    endedAt,
  )
}
