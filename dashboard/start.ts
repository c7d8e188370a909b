// The start page: what this server makes of its sample pictures, measured, a playground, a box to try more, and the demo's keys.
import { html } from 'hono/html'
import { examples, fitModes, type Shown, type ShownFormat } from './gallery.ts'
import { playground } from './playground.ts'
import { type DemoKey, type Markup, type Site, shell } from './shell.ts'
import { snippets } from './snippets.ts'

export interface StartOptions {
  readonly site: Site
  readonly roles: readonly string[]
  readonly shown: readonly Shown[]
  readonly demo: DemoKey | undefined
}

export const startPage = ({ site, roles, shown, demo }: StartOptions): Markup =>
  shell(site, {
    path: '/',
    title: `Halftone ${site.version}`,
    skip: { to: 'try', words: 'Skip to the box to try an address' },
    sections: sections(shown),
    styles: ['page.css', 'parts.css', 'demo.css', 'box.css', 'play.css'],
    scripts: ['start.js'],
    demo,
    main: html`
${hero({ roles, shown, api: site.api })}
${shown.length > 0 ? html`${pictures(shown)} ${shapes()} ${responsive()} ${playground(shown)}` : ''}
${tryBox(shown.length > 0)}
${demo === undefined ? '' : snippets(demo, shown.length > 0)}
${next(site, shown.length > 0)}`,
  })

const sections = (shown: readonly Shown[]): Markup =>
  html`${
    shown.length > 0
      ? html`<a href="#pictures">Pictures</a> <a href="#shapes">Shapes</a> <a href="#play">Playground</a>`
      : ''
  } <a href="#try">Try it</a>`

interface Hero {
  readonly roles: readonly string[]
  readonly shown: readonly Shown[]
  readonly api: boolean
}

const hero = ({ roles, shown, api }: Hero): Markup => html`
<section class="hero" aria-labelledby="hello">
  <div>
    <h1 id="hello">The smallest good picture, for every browser.</h1>
    <p class="lead">Halftone is running. ${
      shown.length > 0
        ? 'Everything below is asked of this server while you look, and measured as it arrives.'
        : 'Ask it for a picture below and see what arrives.'
    }</p>
    ${api ? html`<p class="ways"><a class="button strong" href="/optimise">Optimise pictures</a></p>` : ''}
    <p class="roles"><span class="dot"></span>In this process: ${roles.join(', ')}</p>
  </div>
  ${shown.length > 0 ? tally() : ''}
</section>
<noscript><p class="about">Without JavaScript nothing is measured here; every picture and every link is still there to be asked for.</p></noscript>`

const tally = (): Markup => html`
<dl class="tally" aria-label="Totals of this page">
  <div class="wide"><dt>Saved so far</dt><dd data-total="saved">–</dd></div>
  <div><dt>Originals</dt><dd data-total="source">–</dd></div>
  <div><dt>Sent instead</dt><dd data-total="sent">–</dd></div>
  <div><dt>From a cache</dt><dd data-total="hits">–</dd></div>
  <div><dt>Median time</dt><dd data-total="time">–</dd></div>
</dl>`

const pictures = (shown: readonly Shown[]): Markup => html`
<section id="pictures" aria-labelledby="pictures-title">
  <h2 id="pictures-title">One source, many answers</h2>
  <p class="about">Each number is a real answer: its bytes, what it saves against the source, and who answered.</p>
  <p class="key"><span><i class="hit"></i>from a cache</span> <span><i class="made"></i>rendered now</span>
    <button type="button" data-again>Ask again</button></p>
  <div class="cards">${shown.map(card)}</div>
</section>`

const card = ({ name, title, about, shape, frame, widths, formats }: Shown): Markup => html`
<article class="card">
  <a class="picture ${frame}" href="/samples/${name}?w=1200&amp;auto=format">
    <img src="/samples/${name}?w=560&amp;auto=format" width="${shape.width}" height="${shape.height}" alt="${title}" loading="lazy">
  </a>
  <div class="facts">
    <h3>${title}</h3>
    <p>${about}</p>
    <table>
      <caption><code>/samples/${name}</code> <span data-source="${name}"></span></caption>
      <thead><tr><th scope="col">Width</th>${formats.map((format) => html`<th scope="col">${words[format]}</th>`)}</tr></thead>
      <tbody>${widths.map((width) => row(name, width, formats))}</tbody>
    </table>
  </div>
</article>`

const words: Readonly<Record<ShownFormat, string>> = {
  avif: 'AVIF',
  webp: 'WebP',
  jpg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
}

const row = (name: string, width: number, formats: readonly ShownFormat[]): Markup => html`
<tr><th scope="row">${width}</th>${formats.map(
  (format) =>
    html`<td><a class="measure" data-measure="${name}" href="/samples/${name}?w=${width}&amp;fm=${format}">open</a></td>`,
)}</tr>`

const shapes = (): Markup => html`
<section id="shapes" aria-labelledby="shapes-title">
  <h2 id="shapes-title">Into any frame</h2>
  <p class="about">The same photograph asked for in 240 × 240.</p>
  <ul class="shapes">${fitModes.map(
    ({ options, about }) => html`
    <li><figure>
      <div class="frame"><img src="/samples/landscape.jpg?w=240&amp;h=240&amp;${options}&amp;auto=format" alt="${about}" loading="lazy"></div>
      <figcaption><code>${options}</code><span>${about}</span></figcaption>
    </figure></li>`,
  )}</ul>
</section>`

const candidates = [320, 480, 640, 960, 1280, 1600]
  .map((width) => `/samples/landscape.jpg?w=${width}&auto=format ${width}w`)
  .join(', ')

const responsive = (): Markup => html`
<section id="srcset" aria-labelledby="srcset-title">
  <h2 id="srcset-title">As wide as the place it is shown in</h2>
  <p class="about">With <code>srcset</code> the browser picks a width; Halftone makes it. Move the slider.</p>
  <div class="stage">
    <label>Width of the place <input type="range" id="place" min="160" max="1040" step="10" value="420"></label>
    <output id="chosen" for="place"></output>
    <div class="place"><img id="responsive" srcset="${candidates}" sizes="420px" src="/samples/landscape.jpg?w=640" alt="The photograph, in the width the browser chose" loading="lazy"></div>
  </div>
</section>`

const tryBox = (hasSamples: boolean): Markup => html`
<section id="try" aria-labelledby="try-title">
  <h2 id="try-title">Try an address</h2>
  <form id="ask">
    <label for="address">Path of a picture on this server, with options</label>
    <div class="line">
      <input id="address" name="address" spellcheck="false" autocomplete="off" autocapitalize="off" required
        value="${hasSamples ? (examples[0]?.path ?? '') : ''}" placeholder="/source/path/picture.jpg?w=640&amp;auto=format">
      <button type="submit">Fetch</button>
    </div>
  </form>
  ${
    hasSamples
      ? html`<p class="examples">${examples.map(
          ({ title, path }) => html`<button type="button" data-example="${path}">${title}</button> `,
        )}</p>`
      : ''
  }
  <div id="answer" class="answer" aria-live="polite"></div>
</section>`

const next = ({ docsUrl }: Site, hasSamples: boolean): Markup => html`
<section class="next" aria-labelledby="next-title">
  <h2 id="next-title">What next</h2>
  <ol>
    <li><h3>From a terminal <button type="button" data-copy="next-curl">Copy</button></h3>
      <pre tabindex="0"><code id="next-curl">curl -o picture.avif '<span data-here></span>/${
        hasSamples ? 'samples/landscape.jpg' : 'source/picture.jpg'
      }?w=640&amp;fm=avif'</code></pre></li>
    <li><h3>In a page <button type="button" data-copy="next-img">Copy</button></h3>
      <pre tabindex="0"><code id="next-img">&lt;img src="<span data-here></span>/${
        hasSamples ? 'samples/landscape.jpg' : 'source/picture.jpg'
      }?w=640&amp;auto=format" alt="…"&gt;</code></pre></li>
    <li><h3>With your own pictures</h3>
      <p>Name a folder, a web server or a bucket as a source: the ${docsUrl === undefined ? html`<code>README.md</code>` : html`<a href="${docsUrl}">README</a>`} shows each in a line.</p></li>
  </ol>
</section>`
