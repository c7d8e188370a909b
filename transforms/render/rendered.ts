// A picture as a render gives it back.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { type OutputFormat, outputFormats } from '../formats.ts'
import type { Encoding, Plan } from '../plan/plan.ts'
import type { Aim, Sought } from '../processor.ts'
import type { Size } from '../steps/geometry/sizes.ts'

export interface Rendered {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly found?: Sought
  readonly faces?: Aim
}

export function asOwn(body: Uint8Array<ArrayBuffer>, { format }: Facts, plan: Plan): Rendered {
  const { type } = outputFormats[format as OutputFormat]
  const found = plan.encoding.score !== undefined && ({ quality: 'source', score: 100 } as const)
  return { body, type, width: plan.width, height: plan.height, pages: plan.pages, ...(found && { found }) }
}

export const formatOf = ({ type }: Rendered): OutputFormat =>
  (Object.keys(outputFormats) as OutputFormat[]).find((format) => outputFormats[format].type === type) ??
  'jpeg'

interface Finished {
  readonly data: Uint8Array<ArrayBuffer>
  /** Of one frame. */
  readonly info: Size & { readonly pages?: number }
}

export function checked({ data, info }: Finished, plan: Plan, { format }: Encoding): Rendered {
  const { width, height, pages } = info
  if (width !== plan.width || height !== plan.height)
    throw new Failure('source-broken', 'The source is damaged: it is not of the size that its header says.')
  return { body: data, type: outputFormats[format].type, width, height, pages: pages ?? plan.pages }
}
