// Reduces a browser's headers to a small declared set, so that a million different headers make few variants.
import type { Client, FormatClass } from '../transforms/index.ts'

/** Header names as Node gives them: lower case, absent when not sent. */
export type ClientHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Widths a Width hint is rounded up to: imgix's srcset ladder, 100 to 8192 in steps of 16 %. */
export const widthLadder: readonly number[] = ladder(100, 8192, 1.16)

export const dprLadder = [1, 1.5, 2, 3, 4, 5] as const

function ladder(first: number, last: number, step: number): number[] {
  const rungs: number[] = []
  for (let width = first; width < last; width *= step) rungs.push(Math.round(width))
  return [...rungs, last]
}

/** Names the class of formats the client takes. A wildcard promises nothing: curl and old browsers send one too. */
export function formatClass(accept: string | undefined): FormatClass {
  const members = accept?.toLowerCase().split(',') ?? []
  const found = ['jxl', 'avif', 'webp'].filter((format) => accepts(members, `image/${format}`))
  if (found.length > 0) return found.join(',') as FormatClass
  const isPlayer = accepts(members, 'video/*') || accepts(members, 'video/mp4')
  return isPlayer && !members.some((member) => member.trim().startsWith('image/')) ? 'video' : 'basic'
}

/** True when `type` is named and not refused by q=0 (RFC 9110 12.4.2). */
function accepts(members: readonly string[], type: string): boolean {
  return members.some((member) => {
    const [name, ...parameters] = member.split(';').map((part) => part.trim())
    return name === type && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** Everything of the client that may shape a picture, on the declared rungs. */
export function clientOf(headers: ClientHeaders): Client {
  const width = rung(widthLadder, number(headers['sec-ch-width'] ?? headers.width))
  const dpr = rung(dprLadder, number(headers['sec-ch-dpr'] ?? headers.dpr))
  return {
    formats: formatClass(text(headers.accept)),
    saveData: text(headers['save-data'])?.trim().toLowerCase() === 'on',
    ...(width === undefined ? {} : { width }),
    ...(dpr === undefined ? {} : { dpr }),
  }
}

/** The rung at or above `value`: a picture slightly too large beats one that must be enlarged. */
function rung(rungs: readonly number[], value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  return rungs.find((step) => step >= value) ?? rungs.at(-1)
}

function number(written: string | string[] | undefined): number | undefined {
  const value = Number.parseFloat(text(written) ?? '')
  return Number.isFinite(value) && value > 0 ? value : undefined
}

const text = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value

/** Request headers a hint may be read from; a fast look at these tells whether `Accept` alone decides. */
export const hintHeaders = ['save-data', 'dpr', 'sec-ch-dpr', 'width', 'sec-ch-width'] as const
