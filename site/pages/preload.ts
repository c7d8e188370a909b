// A picture as the value of a Link header that lets a browser fetch it early (HTML 4.6.7.21). Pure.

/** More than that would not be read together with other headers everywhere. */
const longest = 2000

/** `attributes`: of its tag, added ones included. Undefined for what cannot be written there, or is not to come early. */
export function preloadLink(address: string, attributes: ReadonlyMap<string, string>): string | undefined {
  if (attributes.get('loading')?.toLowerCase() === 'lazy' || attributes.has('crossorigin')) return undefined
  const [srcset, sizes] = [attributes.get('srcset'), attributes.get('sizes')]
  const link = [
    `<${address}>; rel=preload; as=image`,
    ...(srcset === undefined ? [] : [`imagesrcset="${srcset}"`]),
    ...(srcset === undefined || sizes === undefined ? [] : [`imagesizes="${sizes}"`]),
  ].join('; ')
  const isPlain = /^[\x20-\x7e]+$/.test(link) && !/[<>"\\]/.test(`${address}${srcset ?? ''}${sizes ?? ''}`)
  return isPlain && link.length <= longest ? link : undefined
}
