// What the parts of Halftone know of tracing: spans begin below the one that asked, are told facts, and end.

export type Attributes = Readonly<Record<string, string | number | undefined>>

export interface Span {
  /** For whoever is asked on this span's behalf: the value of the header `traceparent`. */
  readonly traceparent: string
  /** Ends it, now or at `endedAt` (milliseconds since 1970). A failure is told by its kind. */
  end(attributes: Attributes, failure?: string, endedAt?: number): void
}

export interface SpanStart {
  /** Of the span that asks; a trace begins where there is none. */
  readonly parent: string | undefined
  readonly kind: 'server' | 'client' | 'internal'
  /** Milliseconds since 1970; now when left out. */
  readonly startedAt?: number
}

export interface Tracer {
  begin(name: string, start: SpanStart): Span
  /** Sends what is left. */
  close(): Promise<void>
}
