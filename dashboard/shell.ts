// What all pages have in common: head, bar, the place where a key is asked for, and the headers they leave with.
import { html, raw } from 'hono/html'
import { assetPath } from './assets.ts'
import { favicon, mark } from './logo.ts'

export type Markup = ReturnType<typeof html>

export interface DemoKey {
  readonly id: string
  readonly secret: string
}

/** What every page knows of the server it is on. */
export interface Site {
  readonly version: string
  readonly docsUrl: string | undefined
  /** Whether this process answers the API: without it there are the start page and the options. */
  readonly api: boolean
}

export interface PageContent {
  /** Its own address, to be marked in the bar. */
  readonly path: string
  readonly title: string
  readonly skip: { readonly to: string; readonly words: string }
  /** Instead of the pages' links, where there is but one page. */
  readonly sections?: Markup
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  readonly demo: DemoKey | undefined
  readonly main: Markup
}

/** Nothing but our own files, and pictures of this server or made by the page itself. */
export const securityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const headersOf = (demo: DemoKey | undefined): Readonly<Record<string, string>> => ({
  'content-security-policy': securityPolicy,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  // The page is small and changes with the version: it is asked for each time. With keys in it, nobody keeps it, and
  // no page that opened it holds on to it. (Where there is no TLS browsers grumble about that policy, but at loopback.)
  ...(demo === undefined
    ? { 'cache-control': 'no-cache' }
    : { 'cache-control': 'no-store', 'cross-origin-opener-policy': 'same-origin' }),
})

const links = [
  { path: '/', word: 'Start' },
  { path: '/_halftone/options', word: 'Options' },
  { path: '/optimise', word: 'Optimise' },
  { path: '/webhooks', word: 'Webhooks' },
  { path: '/usage', word: 'Usage' },
]

export const shell = (site: Site, page: PageContent): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${page.demo === undefined ? '' : html`<meta name="halftone-demo" content="${page.demo.id}.${page.demo.secret}">`}
<title>${page.title}</title>
<link rel="icon" href="${favicon}">
${page.styles.map((name) => html`<link rel="stylesheet" href="${assetPath(name)}">`)}
${page.scripts.map((name) => html`<script type="module" src="${assetPath(name)}"></script>`)}
</head>
<body>
<a class="skip" href="#${page.skip.to}">${page.skip.words}</a>
<header class="bar">
  <a class="brand" href="/">${raw(mark)} Halftone <small>${site.version}</small></a>
  <nav aria-label="${site.api ? 'Pages' : 'Sections'}">${
    site.api ? links.map((link) => linkTo(link, page.path)) : page.sections
  } ${site.docsUrl === undefined ? '' : html`<a href="${site.docsUrl}">Docs</a>`}</nav>
</header>
<main>${page.main}</main>
</body>
</html>
`

const linkTo = ({ path, word }: { path: string; word: string }, current: string): Markup =>
  path === current
    ? html`<a href="${path}" aria-current="page">${word}</a> `
    : html`<a href="${path}">${word}</a> `

/** Asked for before anything else where the page has no key of its own; `needsKey` is shown once there is one. */
export const withKey = (needsKey: Markup): Markup => html`
<section class="ask-key" id="ask-key" aria-labelledby="ask-key-title" hidden>
  <h2 id="ask-key-title">Which key?</h2>
  <p class="about">It stays in this tab until you close it, and is sent to this server and nowhere else.</p>
  <form id="key-form" class="fields">
    <label>Public id <input name="id" autocomplete="username" spellcheck="false" autocapitalize="off" required></label>
    <label>Secret <input name="secret" type="password" autocomplete="current-password" required></label>
    <button class="strong" type="submit">Use this key</button>
  </form>
  <div id="key-problem" role="alert"></div>
</section>
<div id="with-key" hidden>${needsKey}</div>
<noscript><p class="about">This page works with JavaScript only.</p></noscript>`

/** Whose key is used, and the way to another; filled by the page's script. */
export const keyLine = html`<p class="key-line" id="key-line" hidden><span id="key-name"></span>
  <button type="button" id="key-change">Use another key</button></p>`
