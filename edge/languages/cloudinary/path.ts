// Takes a Cloudinary address apart: delivery type, signature, components, version, public id.
import { Failure } from '../../../errors.ts'
import { decoded } from '../shared/values.ts'

export interface CloudinaryPath {
  readonly delivery: 'upload' | 'fetch'
  /** An asset of the type `video`. */
  readonly isFilm: boolean
  /** Without its marks; absent where there is none. */
  readonly signature?: string | undefined
  /** As written. */
  readonly components: readonly string[]
  /** As written, without the version. */
  readonly id: string
}

const maxPath = 4096
const maxComponents = 50

const deliveries: Readonly<Record<string, CloudinaryPath['delivery']>> = {
  ...{ upload: 'upload', private: 'upload', authenticated: 'upload', public: 'upload', fetch: 'fetch' },
}

/** `isKey` tells the keys of components from folders. */
export function readPath(rawPath: string, isKey: (key: string) => boolean): CloudinaryPath {
  if (rawPath.length > maxPath) throw bad(`The path is longer than ${maxPath} characters`)
  const { delivery, isFilm, rest } = deliveryOf(rawPath.slice(1).split('/'))
  const [, signature] = /^s--([\w-]{8}|[\w-]{32})--$/.exec(rest[0] ?? '') ?? []
  const parts = signature === undefined ? rest : rest.slice(1)
  const end = parts.findIndex((part) => !isComponent(part, isKey))
  if (end < 0) throw bad('The address names no picture')
  if (end > maxComponents) throw bad(`The address has more than ${maxComponents} components`)
  const id = parts
    .slice(/^v\d{1,12}$/.test(parts[end] ?? '') && end + 1 < parts.length ? end + 1 : end)
    .join('/')
  if (id === '') throw bad('The address names no picture')
  return { delivery, isFilm, signature, components: parts.slice(0, end), id }
}

interface Delivered extends Pick<CloudinaryPath, 'delivery' | 'isFilm'> {
  readonly rest: readonly string[]
}

/** "image/upload" behind the name of the cloud, which is absent on hosts of one's own; `iu` and `images` are short. */
function deliveryOf(parts: readonly string[]): Delivered {
  for (const at of [0, 1]) {
    const [kind, type = '', ...rest] = parts.slice(at)
    if (kind === 'iu') return { delivery: 'upload', isFilm: false, rest: [type, ...rest] }
    const isFilm = kind === 'video'
    if ((kind === 'image' || isFilm) && Object.hasOwn(deliveries, type))
      return { delivery: deliveries[type] ?? 'upload', isFilm, rest }
    if (kind === 'image' || isFilm) throw bad(`The delivery type ${type.slice(0, 30)} is not answered here`)
    if (kind === 'raw') throw bad(`Assets of the type ${kind} are not answered here`)
  }
  throw bad('Expected /image/upload/ or /image/fetch/')
}

/** Every part of the list has a key, or sets a variable, or belongs to a condition. */
function isComponent(part: string, isKey: (key: string) => boolean): boolean {
  if (part === '') return false
  return (decoded(part) ?? part).split(',').every((each) => {
    const [, key] = /^(\$?[a-z]+)(?:\d[a-z0-9]*)?_/i.exec(each) ?? []
    if (key === undefined) return false
    return key.startsWith('$') || (isKey(key) && each.startsWith(`${key}_`))
  })
}

const bad = (reason: string): Failure => new Failure('bad-address', reason)
