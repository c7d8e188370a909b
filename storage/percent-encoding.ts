// Text in an address (RFC 3986), as signatures want it: encodeURIComponent leaves five characters that must go too.
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** The slashes of a key stay slashes. */
export const percentEncodeKey = (key: string): string => key.split('/').map(percentEncode).join('/')
