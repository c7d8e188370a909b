// What a result is called, and where it is fetched. Pure.
import type { OptimisedFormat } from '../../../transforms/optimise/request.ts'

/** The usual extension first; a source that already has one of them keeps it. */
const extensions: Readonly<Record<OptimisedFormat, readonly string[]>> = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  png: ['png'],
  gif: ['gif'],
  webp: ['webp'],
  avif: ['avif'],
  svg: ['svg'],
}

const known: ReadonlySet<string> = new Set([
  ...Object.values(extensions).flat(),
  'tif',
  'tiff',
  ...['heic', 'heif', 'jxl', 'jp2', 'j2k', 'psd', 'psb', 'bmp', 'ico'],
  ...['dng', 'cr2', 'nef', 'arw', 'raf'],
  ...['svgz', 'pdf', 'mp4', 'm4v', 'mov', 'webm'],
])

/** The source's name with the extension of the result: "cat.png" made WebP is "cat.webp". */
export function resultName(sourceName: string, format: OptimisedFormat): string {
  const [usual = format, ...others] = extensions[format]
  const dot = sourceName.lastIndexOf('.')
  const extension = dot > 0 ? sourceName.slice(dot + 1).toLowerCase() : ''
  if (extension === usual || others.includes(extension)) return sourceName
  return `${known.has(extension) ? sourceName.slice(0, dot) : sourceName}.${usual}`
}

/** The address of what lies under a key of storage. */
export const addressOf = (base: string, key: string): string => `${base}/${encodeKey(key)}`

export const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/')
