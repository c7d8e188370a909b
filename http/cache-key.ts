// The first half of a cache key: what is asked for. The other half is what its answers vary by (vary.ts). Pure.
import type { Ask } from '../tier.ts'

/**
 * The canonical path of a picture; host and path of a site's, which no path of a picture begins like. HEAD has the key of
 * GET, for the answer to GET serves both (RFC 9111 2), and other methods have none.
 */
export const cacheKey = ({ host, path }: Pick<Ask, 'host' | 'path'>): string =>
  host === undefined ? path : `//${host}${path}`

/** Whether answers to the method are stored at all: HEAD alone says too little, and all others ask for an effect. */
export const isStorableMethod = (method = 'GET'): boolean => method === 'GET'
