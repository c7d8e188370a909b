// All languages that can be mounted: how each is made, where it is found when nothing is said, and its page of docs/.

import { cloudflareWords } from './cloudflare/words.ts'
import { createCloudflare } from './cloudflare.ts'
import { cloudinaryWords } from './cloudinary/words.ts'
import { createCloudinary, effectWords, flagWords } from './cloudinary.ts'
import { infoWords } from './imgproxy/info.ts'
import { imgproxyWords } from './imgproxy/words.ts'
import { createImgproxy } from './imgproxy.ts'
import { ipxWords } from './ipx/words.ts'
import { createIpx } from './ipx.ts'
import type { Language } from './language.ts'
import { createNext, nextWords } from './next.ts'
import { mounted, type ReadMeaning } from './shared/mounted.ts'
import { createPlaces, type PlaceSettings, type Places, type WebSource } from './shared/places.ts'
import type { Asked, Word } from './shared/words.ts'
import { thumborFilters } from './thumbor/filters.ts'
import { createThumbor, thumborSegments } from './thumbor.ts'
import { weservWords } from './weserv/words.ts'
import { createWeserv } from './weserv.ts'

/** What every mount may say. */
export interface MountSettings extends Omit<PlaceSettings, 'web'> {
  /** Without a slash at its end: '/cdn-cgi/image'. */
  readonly prefix: string
}

interface Definition<Settings> {
  readonly title: string
  /** Where it is mounted when nothing is said: its well-known path, or its name. */
  readonly prefix: string
  /** An address in it, behind the prefix. */
  readonly example: string
  /** Paragraphs of the documentation: what is true of its addresses as a whole. */
  readonly about: readonly string[]
  /** Each table of its words, with the heading that it has in the documentation. */
  readonly tables: readonly { readonly heading: string; readonly words: readonly Word<never>[] }[]
  create(settings: Settings, places: Places): ReadMeaning
}

const define = <Settings>(definition: Definition<Settings>): Definition<Settings> => definition
/** Tables are read here, and never written to. */
const table = <A extends Asked>(heading: string, words: readonly Word<A>[]) => ({
  heading,
  words: words as readonly Word<never>[],
})

export const definitions = {
  cloudflare: define({
    title: 'Cloudflare Images',
    prefix: '/cdn-cgi/image',
    example: '/width=640,height=480,fit=cover,format=auto/photos/cat.jpg',
    about: [
      'The source is a path of ours or of the configured `source`, or a whole address of a configured `site` or `hosts` source. Where no quality is named it is ours, and not 85. Addresses carry no signature of their own; a source with keys asks for ours, as the last pair of the query.',
      '`format=json` answers `width`, `height` and `original` of the source; other options do not count beside it. Where `metadata` is not written none is kept.',
    ],
    tables: [table('Options', cloudflareWords)],
    create: createCloudflare,
  }),
  imgproxy: define({
    title: 'imgproxy',
    prefix: '/imgproxy',
    example: '/_/rs:fill:640:480/plain/https://assets.example.org/cats/tom.jpg@webp',
    about: [
      "Settings: `keys: [{ key, salt }]` in hex (all verify; without keys any signature passes), `signatureSize`, `trusted`, `encryptionKey` in hex for `enc/` sources, `presets: { thumb: 'rs:fill:300:300' }` with `default` among them, `onlyPresets`, `watermark: 'logos:shop.png'` for `watermark`, and `autoFormat: true` to negotiate where no format is named. `sources: { 's3://photos/': 'photos', 'local:///': 'files' }` says where other schemes lie.",
      'Plain, Base64 and encrypted sources are read. `/info/` answers facts about the source. Where no quality is named it is ours. Pipelines that are chained (`/-/`) are passes, each upon the result of the one before: `then`; format, quality and delivery are those of the last that says them.',
    ],
    tables: [table('Processing options', imgproxyWords), table('Options of /info', infoWords)],
    create: createImgproxy,
  }),
  next: define({
    title: 'Next.js',
    prefix: '/_next/image',
    example: '?url=%2Fcats%2Ftom.jpg&w=640&q=75',
    about: [
      "Settings: `deviceSizes`, `imageSizes` and `qualities` as in `next.config.js`; without them Next.js' own lists of widths hold, and every quality. `roundUp: true` takes a width that is not on the list for the next larger one. `localPatterns`, `remotePatterns` and `domains` narrow what `url` may be; where none is listed, it is whatever lies in a configured source. A `url` that is a path lies in `source`.",
      'Other settings of `next.config.js` have another place: `path` is `prefix`, the source says how long a picture is fresh (`minimumCacheTTL`), and an SVG is drawn and never passed through (`dangerouslyAllowSVG`).',
      "The format is negotiated as by `auto=format`: AVIF, WebP, or the source's own. Animations stay as they are where that is the smallest.",
    ],
    tables: [table('Keys', nextWords)],
    create: createNext,
  }),
  ipx: define({
    title: 'IPX (Nuxt Image)',
    prefix: '/_ipx',
    example: '/s_640x480,f_webp/cats/tom.jpg',
    about: [
      'The source is a path of ours or of the configured `source`, or a whole address of a configured `site` or `hosts` source. Modifiers that IPX does not know are ignored, as there. An animation is its first picture unless `animated` or `f_gif` is written.',
    ],
    tables: [table('Modifiers', ipxWords)],
    create: createIpx,
  }),
  weserv: define({
    title: 'weserv/images',
    prefix: '/weserv',
    example: '/?url=assets.example.org/cats/tom.jpg&w=640&h=480&fit=cover',
    about: [
      '`url` is an address of a configured `site` or `hosts` source; without a scheme http and https are both tried. Keys that are not known are ignored, the first of two equal keys counts, and a number that cannot be read is absent, as there. `output=json` answers facts. Where no quality is named it is ours. An animation is its first picture unless `n=-1` is written.',
    ],
    tables: [table('Keys', weservWords)],
    create: createWeserv,
  }),
  thumbor: define({
    title: 'thumbor',
    prefix: '/thumbor',
    example: '/unsafe/640x480/smart/filters:quality(80)/cats/tom.jpg',
    about: [
      'Settings: `keys` (text; all verify, and `unsafe` is then refused), `algorithm` and `signatureLength` for imagor, and `autoFormat: true` to negotiate where no format is named. Without keys every first segment passes, and a source with keys of its own asks for our signature.',
      'The source is a whole address, an address without a scheme of a configured `site` or `hosts` source, `b64:` and Base64, or a path. EXIF orientation is always applied, and where no quality is named it is ours. Filters that neither thumbor nor imagor knows are skipped, as there.',
      'Filters are done in the order of the address: where our steps have another one, and it would be seen, a further pass begins (`then`), up to eight in all. What acts before the picture is sized does so wherever it stands: `focal`, `stretch`, `upscale`, `no_upscale`, `fill`, `orient`, `trim`.',
    ],
    tables: [table('Segments', thumborSegments), table('Filters', thumborFilters)],
    create: createThumbor,
  }),
  cloudinary: define({
    title: 'Cloudinary',
    prefix: '/cloudinary',
    example: '/demo/image/upload/c_fill,w_640,h_480/f_auto,q_auto/v1/cats/tom.jpg',
    about: [
      "Settings: `secrets` (API secrets; all verify, and unsigned addresses are then refused), `algorithm` of the short signature, `tokenKeys` in hex for `__cld_token__`, and `transformations: { thumb: 'c_thumb,g_face,w_100,h_100' }` for `t_thumb`.",
      'Public ids are paths of the configured `source`; `image/fetch` takes whole addresses of configured sources. Of the delivery types `upload`, `private`, `authenticated`, `public` and `fetch` are answered. Of a film (`/video/upload/so_2.5,w_300/dog.jpg`) a picture is made: it lies in the source as `dog.mp4`, and without `so` it is the first one. Versions, and the query but for tokens, mean nothing. The extension of an address is part of the file’s name, and no format. Where no quality is named it is ours.',
      'Components and layers run from left to right. What one pass of our steps does not come to begins another one (`then`): a size after a size, a crop after a crop, an effect once more, or one whose place in our order would be seen, whatever follows a layer, and each further layer. There are eight passes at most. Variables, sums of numbers and named transformations are written out, and so are conditions where the address says the sizes that they ask for.',
    ],
    tables: [table('Keys', cloudinaryWords), table('Effects', effectWords), table('Flags', flagWords)],
    create: createCloudinary,
  }),
} as const

export type LanguageName = keyof typeof definitions
export const languageNames = Object.keys(definitions) as readonly LanguageName[]

type SettingsOf<Name extends LanguageName> = Parameters<(typeof definitions)[Name]['create']>[0]

export type MountedLanguage = {
  readonly [Name in LanguageName]: { readonly name: Name } & MountSettings & SettingsOf<Name>
}[LanguageName]

export const mountLanguage = (mount: MountedLanguage, web: readonly WebSource[]): Language =>
  mountOver(mount, placesOf(mount, web))

export function placesOf({ sources, source }: MountedLanguage, web: readonly WebSource[]): Places {
  return createPlaces({ web, ...(sources && { sources }), source })
}

export function mountOver(mount: MountedLanguage, places: Places): Language {
  const create = definitions[mount.name].create as Definition<MountedLanguage>['create']
  return mounted(mount.prefix, create(mount, places))
}
