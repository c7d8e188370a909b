// One setting: its name in the environment, its kind, its default.
import type { z } from 'zod'

export interface Setting<T> {
  readonly variable: string
  readonly kind: z.ZodType<T>
  /** As one would write it, or fitted to the machine; parsed by `kind` like any other value. */
  readonly fallback: unknown
  readonly about: string
}

export function setting<T>(
  variable: string,
  kind: z.ZodType<T>,
  fallback: unknown,
  about: string,
): Setting<T> {
  return { variable, kind, fallback, about }
}
