// Options that name pictures beside the source: what they name is found by the edge, which knows the sources.
import { type PictureName, pictureName, webAddress } from '../options/kinds-picture.ts'
import { unexpected } from '../options/refusals.ts'
import type { Options } from './options.ts'
import type { Pass } from './rows-chain.ts'

const naming = ['mark', 'blend', 'mask'] as const

/** Finds the source of a picture that is named without one, and spells its path. */
export type FindPicture = (option: string, name: PictureName) => PictureName

/** The same options with every picture found, those of further passes too. Fails as `find` does. */
export function withPictures(options: Options, find: FindPicture): Options {
  const found = inPass(options, find)
  const passes = found.passes?.map((pass) => inPass(pass, find))
  return passes ? { ...found, passes } : found
}

function inPass<Asked extends Pass>(options: Asked, find: FindPicture): Asked {
  let found = options
  for (const option of naming) {
    const value = found[option]
    if (value === undefined || typeof value === 'string' || !('path' in value)) continue
    const name = option === 'mark' ? onBase(options.markBase, value) : value
    found = { ...found, [option]: find(option, name) }
  }
  return found
}

/** `mark-base` stands in front of a path that names no source. */
function onBase(base: string | undefined, name: PictureName): PictureName {
  if (base === undefined || name.source !== '' || webAddress.test(name.path)) return name
  const whole = pictureName.read(`${base.replace(/(?<!\/)\/+$/, '')}/${name.path}`)
  if (!whole) throw unexpected('mark-base', pictureName.expected, base)
  return whole
}
