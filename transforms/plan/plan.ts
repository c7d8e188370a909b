// Makes the plan for one picture: what its spec asks of what its facts say, in numbers only.
import { type Facts, isDrawing } from '../facts.ts'
import { isVideo } from '../formats.ts'
import type { Spec } from '../language/options.ts'
import type { Pass as AskedPass } from '../language/rows-chain.ts'
import { orientSize, turned } from '../steps/geometry/orientation.ts'
import { rasterised } from '../steps/geometry/raster.ts'
import { isSame, type Size } from '../steps/geometry/sizes.ts'
import { eachStep, furtherSources } from '../steps/index.ts'
import type { Draft, FindFacts } from '../steps/step.ts'
import { choices } from './choices.ts'
import { hdrOf } from './hdr.ts'
import { isMoving, output } from './output.ts'
import { chainOf, lastAsked, waitsForPixels } from './passes.ts'
import type { Plan } from './plan-types.ts'
import { tellOf } from './tell.ts'

export type { Colour } from '../options/colour.ts'
export type { Box } from '../steps/geometry/sizes.ts'
export type { Encoding, Pass, Plan } from './plan-types.ts'

/**
 * What to do to the picture that `facts` describe, so that it becomes what `spec` says. Every size is brought within 1
 * to 8192 pixels, every box within its picture. `fm=json` and `fm=original` are answered before; here they count as not
 * given. `further` describes what `furtherSources` names. Fails with 'bad-option' only for a region wholly outside the picture.
 */
export function plan(asked: Spec, facts: Facts, further: readonly Facts[] = []): Plan {
  const spec = forPlayers(asked, facts)
  const find = finder(spec, further)
  const { before, facts: known } = chainOf(spec, facts, { draw: drawnPass, find })
  const last = spec.passes ? lastAsked(spec) : spec
  const source = before.length > 0 ? { ...facts, alpha: known.alpha } : facts
  const drawn = drawnPass(last, known, find)
  const drafted = {
    ...drawn,
    ...output(last, source, drawn),
    ...timeOf(spec, facts),
    ...(spec.passes && { nth: spec.passes.length }),
    ...(before.length > 0 && { before }),
    ...(further.length > 0 && { further }),
    ...([...before, drawn].some(waitsForPixels) && { spec }),
  }
  const tell = tellOf(spec)
  // Pixels between passes are of 8 bits, and a gain map belongs to those of the source.
  const made = tell || before.length > 0 ? drafted : { ...drafted, ...hdrOf(last, facts, drafted) }
  if (made.video) return made
  return tell ? { ...made, tell } : { ...made, ...choices(last, source, made) }
}

/** The steps of one pass, without those that would change nothing. */
function drawnPass(asked: AskedPass, facts: Facts, find: FindFacts): Draft {
  const { width, height } = facts
  const draft = eachStep.reduce<Draft>((draft, step) => step.plan(draft, asked, facts, find), {
    width,
    height,
  })
  const oriented = orientSize(facts, draft.orient ?? turned(0))
  return withoutNothing(isDrawing(facts) ? rasterised(draft, oriented) : draft, oriented)
}

/** For a client that plays videos what moves is one; all else is what every browser reads. */
function forPlayers(asked: Spec, facts: Facts): Spec {
  if (asked.formats !== 'video') return asked
  const { formats: _, ...spec } = asked
  if (isMoving(spec, facts)) return { ...spec, format: 'mp4' }
  return spec.format ? spec : { ...spec, formats: 'basic' }
}

/** A film that says how long it is has nothing behind its end. */
function timeOf({ time }: Spec, { format, seconds = Number.POSITIVE_INFINITY }: Facts): Pick<Plan, 'time'> {
  return isVideo(format) && time ? { time: Math.min(time, seconds) } : {}
}

function finder(spec: Spec, further: readonly Facts[]): FindFacts {
  const names = furtherSources(spec)
  return ({ source, path }) => {
    const index = names.findIndex((each) => each.source === source && each.path === path)
    const facts = further[index]
    if (!facts) throw new RangeError('a plan without the facts of a picture that it needs')
    return { index, facts }
  }
}

/** Leaves out the steps that would change nothing: each is a pass over all pixels. */
function withoutNothing(draft: Draft, oriented: Size): Draft {
  const { orient, extract, resize, ...rest } = draft
  const whole = extract === undefined || (draft.density === undefined && isSame(extract, oriented))
  const same = draft.density === undefined && resize !== undefined && isSame(resize, extract ?? oriented)
  return {
    ...rest,
    ...(orient && (orient.turns !== 0 || orient.mirror) && { orient }),
    ...(!whole && { extract }),
    ...(!same && resize && { resize }),
  }
}
