// What a browser is told about a picture: pure, and computed once when the picture is stored, not when it is sent.
import { forAnyOrigin, preflight } from '../http/cors.ts'
import { failureHeader, reasonHeader } from '../problem.ts'
import type { Headers } from '../tier.ts'
import type { Dependence } from '../transforms/index.ts'
import { type Disposition, dispositionOf } from './content-disposition.ts'

/** On every answer: pictures are public, embeddable anywhere, and never sniffed into something else. */
const always: Headers = { ...forAnyOrigin, 'x-content-type-options': 'nosniff' }

export const preflightHeaders: Headers = { ...always, ...preflight }

const hints = {
  width: 'Sec-CH-Width, Width',
  dpr: 'Sec-CH-DPR, DPR',
  saveData: 'Save-Data',
} as const

/** The request headers the choice was made from (RFC 9110 12.5.5); empty when the URL alone decided. */
export function varyOn(dependence: Dependence): string {
  const names: string[] = []
  if (dependence.accept) names.push('Accept')
  for (const hint of ['width', 'dpr', 'saveData'] as const) if (dependence[hint]) names.push(hints[hint])
  return names.join(', ')
}

/** What of a request its answer's headers speak of. */
export interface ClientFields {
  readonly vary: string
  readonly saving?: Disposition | undefined
}

/** The headers of an answer from below, as a browser gets them. */
export function clientHeaders(below: Headers, { vary, saving }: ClientFields): Headers {
  const { [failureHeader]: _kind, [reasonHeader]: _reason, meter: _, ...told } = below
  const { 'content-disposition': stored, ...rest } = told
  const disposition = dispositionOf(saving, stored)
  return {
    ...rest,
    ...always,
    'accept-ranges': 'bytes',
    ...(vary === '' ? {} : { vary }),
    ...(disposition === undefined ? {} : { 'content-disposition': disposition }),
  }
}
