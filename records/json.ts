// What the tables keep as JSON text.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export const writeJson = (value: Json): string => JSON.stringify(value)
export const writeMaybe = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)

/** Only ever text that this folder wrote: a wrong shape is a fault of ours, not of a client. */
export const readJson = <T extends Json>(text: string): T => JSON.parse(text) as T
export const readMaybe = <T extends Json>(text: string | null): T | null =>
  text === null ? null : (JSON.parse(text) as T)
