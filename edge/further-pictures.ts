// Finds the pictures that options name beside the source (watermarks, masks), and refuses those that the asker may not see.
import { Failure } from '../errors.ts'
import { type FindPicture, parsePath, pathOfName } from '../transforms/index.ts'
import type { EdgeSource } from './edge-source.ts'

const webAddress = /^https?:\/\//i

type Sources = ReadonlyMap<string, Partial<Pick<EdgeSource, 'signing' | 'isNamed' | 'isWeb'>>>

/** For a picture of `source`. Fails with 'bad-option', by the option's name, or 'bad-address'. */
export const findFor =
  (source: string, sources: Sources): FindPicture =>
  (option, name) => {
    const refuse = (why: string) => new Failure('bad-option', `${option} ${why}`, { option })
    const where = name.source || (webAddress.test(name.path) ? webSource(source, sources) : source)
    if (where === undefined) throw refuse('names a web address, and no source fetches the web.')
    const settings = sources.get(where)
    if (!settings) throw refuse(`names the source '${where}', which does not exist.`)
    // Its pictures are for those who have a signed address of them.
    if (where !== source && (settings.signing?.keys.length ?? 0) > 0)
      throw refuse(`names a picture of '${where}', which is shown by signed addresses only.`)
    const isAddress = webAddress.test(name.path)
    if (!isAddress && /[?#]/.test(name.path))
      throw refuse('names a picture with options of its own, which are not done.')
    const { path } = parsePath(`/${where}/${isAddress ? encodeURIComponent(name.path) : name.path}`)
    return { source: where, path: settings.isNamed ? pathOfName(path) : path }
  }

/** The picture's own source, or else the first one. */
function webSource(source: string, sources: Sources): string | undefined {
  if (sources.get(source)?.isWeb) return source
  return [...sources].find(([, { isWeb, signing }]) => isWeb && !signing?.keys.length)?.[0]
}
