// The page to optimise pictures: the place to drop them, the options, and the list that the script fills.
import { html } from 'hono/html'
import { type DemoKey, keyLine, type Markup, type Site, shell, withKey } from './shell.ts'

export const optimisePage = (site: Site, demo: DemoKey | undefined): Markup =>
  shell(site, {
    path: '/optimise',
    title: 'Optimise pictures – Halftone',
    skip: { to: 'drop', words: 'Skip to the place for pictures' },
    styles: ['page.css', 'parts.css', 'optimise.css', 'queue.css', 'compare.css'],
    scripts: ['optimise.js'],
    demo,
    main: html`
<section class="tool" aria-labelledby="title">
  <h1 id="title">Optimise pictures</h1>
  <p class="about">Each becomes as small as it can be while it still looks right. The server tries several ways and keeps the best.</p>
  ${keyLine}
</section>
${withKey(html`${drop()} ${wishes()} ${queue()}`)}`,
  })

const choice = (value: string, words: string, about: string): Markup => html`
<label class="choice"><input type="radio" name="mode" value="${value}"><span><b>${words}</b> <small>${about}</small></span></label>`

const option = ([value, words]: readonly [string, string]): Markup =>
  html`<option value="${value}">${words}</option>`

const levels = [
  ['eco', 'Eco – smallest'],
  ['default', 'Default'],
  ['high', 'High'],
  ['max', 'Max – hardly any loss'],
] as const

const formats = [
  ['same', 'As the source'],
  ['auto', 'Automatic'],
  ['webp', 'WebP'],
  ['avif', 'AVIF'],
  ['jpeg', 'JPEG'],
  ['png', 'PNG'],
] as const

const keeps = [
  ['profile', 'Colour profile'],
  ['copyright', 'Copyright'],
  ['date', 'Date'],
  ['geotag', 'Place'],
  ['orientation', 'Orientation'],
] as const

const wishes = (): Markup => html`
<form id="wishes" class="wishes" aria-label="What is wanted">
  <fieldset class="modes"><legend>How</legend>
    ${choice('lossy', 'Smart lossy', 'to a visual score, picture by picture')}
    ${choice('lossless', 'Lossless', 'not a pixel changes')}
    ${choice('quality', 'Given quality', "the encoder's own number")}
  </fieldset>
  <div class="fields">
    <label data-for="lossy">Level <select name="level">${levels.map(option)}</select></label>
    <label data-for="quality">Quality, 1 to 100 <input type="number" name="quality" min="1" max="100" value="75" required></label>
    <label>Format <select name="format">${formats.map(option)}</select></label>
    <label>Width at most, px <input type="number" name="width" min="1" max="8192" placeholder="as it is"></label>
  </div>
  <fieldset class="keeps"><legend>Keep of the metadata</legend>
    ${keeps.map(([value, words]) => html`<label><input type="checkbox" name="keep" value="${value}"> ${words}</label> `)}
  </fieldset>
</form>`

const drop = (): Markup => html`
<section id="drop" class="drop" aria-labelledby="drop-title">
  <h2 id="drop-title"><span class="for-mouse">Drop pictures or folders here</span><span class="for-touch">Your pictures</span></h2>
  <p class="for-mouse">or paste one, or</p>
  <p class="ways">
    <button class="strong" type="button" id="choose">Choose pictures</button>
    <button type="button" id="choose-folder">Choose a folder</button>
  </p>
  <input type="file" id="files" accept="image/*,.svg,.avif,.heic,.tif,.tiff" multiple hidden aria-label="Pictures">
  <input type="file" id="folder" webkitdirectory hidden aria-label="Folder of pictures">
</section>`

const queue = (): Markup => html`
<section class="queue" aria-labelledby="queue-title">
  <div class="queue-head">
    <h2 id="queue-title" tabindex="-1">Pictures</h2>
    <p class="queue-counts" id="counts">None yet</p>
    <div class="queue-actions">
      <button type="button" id="stop-all" hidden>Stop all</button>
      <button type="button" id="retry-all" hidden>Retry all that failed</button>
      <button type="button" id="clear" hidden>Clear the list</button>
      <button type="button" id="zip" disabled>Download all as ZIP</button>
    </div>
  </div>
  <p class="note" id="note" role="status"></p>
  <dl class="totals" id="totals" aria-label="Total saved">
    <div><dt>Saved</dt><dd class="big" id="total-percent">–</dd></div>
    <div><dt>Before</dt><dd id="total-before">–</dd></div>
    <div><dt>After</dt><dd id="total-after">–</dd></div>
    <div><dt>Less</dt><dd id="total-less">–</dd></div>
  </dl>
  <p class="unseen" id="said" role="status" aria-live="polite"></p>
  <div id="queue-problem" role="alert"></div>
  <ol class="pictures" id="pictures" aria-label="Pictures"></ol>
  <p class="more"><button type="button" id="more" hidden>Show older results</button></p>
</section>`
