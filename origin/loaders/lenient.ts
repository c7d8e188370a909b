// Sources of which even a damaged picture is shown, as far as it goes.
import type { Loader } from '../loader.ts'

/** The version says so as well: what was made leniently is no answer where damage is to be refused again. */
export const lenient = (loader: Loader): Loader => ({
  async load(path, signal, wish) {
    const source = await loader.load(path, signal, wish)
    return { ...source, version: `${source.version} lenient`, isLenient: true }
  },
})
