// What a site may say of itself in the configuration file: a customer's web site that Halftone stands in front of.
import { z } from 'zod'
import { duration, httpUrl, integer, list, text, yesNo } from './kinds.ts'
import { addressRules, pictureOptions } from './parsed-kinds.ts'

const hostName =
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
const ipv6 = /^\[[\da-f:.]+\]$/

/** How its pictures come back under the same addresses. */
const pictures = z.strictObject({
  /** The longest that a visitor waits for a better picture: after it the original goes out, and the better one is there next time. */
  wait: duration().default(300),
  /** Further options of every picture: "q=70", "meta=none". */
  options: pictureOptions().default(''),
  /** Whether the client hints Width and DPR decide the size. */
  hints: yesNo().default(false),
  /** Whether a picture's own query may have keys of the native language: `?w=640`. They do not reach the server. */
  keys: yesNo().default(false),
})

/** Widths that are offered where a site names none: from a small telephone to a large screen. */
const usualWidths = [320, 640, 960, 1280, 1920, 2560]
const mostWidths = 12

const widths = list(integer(16, 8192))
  .refine((all) => all.length <= mostWidths, { error: `expected at most ${mostWidths} widths` })
  .transform((all) => [...new Set(all)].sort((a, b) => a - b))

/** What is added to the tags of its pages; no attribute that is there is changed. */
const html = z.strictObject({
  /** `width` and `height` of pictures that have been seen. */
  dimensions: yesNo().default(false),
  /** `srcset`: `true`, or the widths in pixels. */
  srcset: z
    .union([yesNo(), widths], { error: 'expected true, false or a list of widths in pixels' })
    .transform((written) => (written === true ? usualWidths : written === false ? [] : written))
    .default([]),
  /** The text of `sizes` beside such a `srcset`: by the picture's own width where it is not given. */
  sizes: text()
    .regex(/^[\x20-\x7e]*$/, { error: 'expected a text of ASCII, such as (max-width: 800px) 100vw, 800px' })
    .default(''),
  /** `loading="lazy"`, but for the first pictures. */
  lazy: yesNo().default(false),
  /** How many pictures of a page are the first ones: not lazy, and looked at for `preload`. */
  eager: integer(0, 100).default(3),
  /** `decoding="async"`. */
  decoding: yesNo().default(false),
  /** Early hints (103) for the largest of the first pictures, as it was when the page was last seen. */
  preload: yesNo().default(false),
  /** The same as a `Link` header of the page. */
  link: yesNo().default(false),
})

export const site = z.strictObject({
  /** The names it is asked under, without port: "www.example.com", "*.example.com" for all names below one. */
  hosts: list(
    text()
      .toLowerCase()
      .refine((name) => hostName.test(name) || ipv6.test(name), {
        error: 'expected a host name such as www.example.com or *.example.com',
      }),
  ).refine((names) => names.length > 0, { error: 'expected at least one host name' }),
  /** Its server: scheme, host and port. */
  origin: httpUrl().refine((url) => new URL(url).pathname === '/', {
    error: 'expected scheme, host and port without a path',
  }),
  /** The Host that its server is asked with; the visitor's own where it is not given. */
  originHost: text().min(1).exactOptional(),
  /** Addresses (CIDR) that may be reached although they are private: "10.1.0.0/16". */
  allowAddresses: addressRules().default([]),
  /** Pictures in fewer bytes; `false` leaves them as they are. */
  pictures: z.union([z.literal(false), pictures]).prefault({}),
  /** What is added to its pages; nothing where it is not given. */
  html: html.exactOptional(),
})

export type SiteConfig = z.output<typeof site>
export type WrittenSite = z.input<typeof site>

const siteName = /^[a-z0-9][a-z0-9_-]{0,55}$/

/** The name's fault, if it has one: it is part of keys and of metrics. */
export const siteNameFault = (name: string): string | undefined =>
  siteName.test(name) ? undefined : 'expected a name of a-z, 0-9, - and _, at most 56 characters'

export interface OtherHosts {
  /** HALFTONE_HOSTS. */
  readonly hosts: readonly string[]
  readonly languages: Readonly<Record<string, { readonly hosts: readonly string[] }>>
}

/** A host is a site's or Halftone's own: whose an address of it is must not hang on an order. */
export function hostsOfTwo(
  sites: ReadonlyMap<string, SiteConfig>,
  { hosts, languages }: OtherHosts,
): string[] {
  const own = new Map(hosts.map((host) => [host, 'HALFTONE_HOSTS']))
  for (const [name, language] of Object.entries(languages))
    for (const host of language.hosts) own.set(host.replace(/:\d+$/, ''), `languages.${name}.hosts`)
  return [...sites].flatMap(([name, site]) =>
    site.hosts.flatMap((host) =>
      own.has(host) ? [`sites.${name}.hosts: ${host} is one of ${own.get(host)} already`] : [],
    ),
  )
}
