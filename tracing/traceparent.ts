// A trace's name as it travels in a header (W3C Trace Context, section 3.2). Pure.

export interface TraceParent {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 hexadecimal digits, not all zero: the span that asks. */
  readonly spanId: string
  /** Whether the asker records it. */
  readonly isSampled: boolean
}

const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Undefined for what is none: a trace then begins anew (3.3.1). */
export function parseTraceParent(text: string | undefined): TraceParent | undefined {
  if (text === undefined || text.length > 512) return undefined
  const [, version = '', traceId = '', spanId = '', flags = '', more] = shape.exec(text) ?? []
  // Versions to come may say more behind the flags; this one may not.
  if (version === '' || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const writeTraceParent = ({ traceId, spanId, isSampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
