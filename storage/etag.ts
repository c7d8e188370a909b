// Entity tags as HTTP writes them; some providers leave the quotes away here and there.
export const quoteEtag = (etag = ''): string => (etag.startsWith('"') ? etag : `"${etag}"`)
