// The addresses of an option's example: its picture, and the one without it.
import type { Example } from '../transforms/index.ts'

const small = 'w=320&fm=webp'

/** The addresses of the two pictures. */
export function pairOf(key: string, example: Example): { readonly without: string; readonly with: string } {
  const { value, beside = '', frame = small, sample = 'landscape.jpg' } = example
  const shared = [...new URLSearchParams(`${frame}&${beside}`)]
  const address = (options: readonly (readonly [string, string])[]) =>
    `/samples/${sample}?${options.map(([name, text]) => `${name}=${encoded(text)}`).join('&')}`
  return { without: address(shared), with: address([...shared, [key, value]]) }
}

/** Slashes, commas and colons need no escape in a query, and are read more easily without. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
