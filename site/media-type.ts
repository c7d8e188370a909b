// The type in a Content-Type field, without its parameters (RFC 9110 8.3.1). Pure.

/** In lower case; empty where there is none. */
export const mediaType = (field = ''): string => (field.split(';', 1)[0] ?? '').trim().toLowerCase()
