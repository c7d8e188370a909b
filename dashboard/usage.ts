// The page of usage: calls and bytes day by day, what of the quota is left, and the project's keys.
import { html } from 'hono/html'
import { type DemoKey, keyLine, type Markup, type Site, shell, withKey } from './shell.ts'

export const usagePage = (site: Site, demo: DemoKey | undefined): Markup =>
  shell(site, {
    path: '/usage',
    title: 'Usage – Halftone',
    skip: { to: 'charts', words: 'Skip to the charts' },
    styles: ['page.css', 'parts.css', 'records.css', 'uplot.css'],
    scripts: ['usage.js'],
    demo,
    main: html`
<section class="tool" aria-labelledby="title">
  <h1 id="title">Usage</h1>
  <p class="about">Days are those of UTC.</p>
  ${keyLine}
</section>
${withKey(html`${standing()} ${charts()} ${keys()}`)}`,
  })

const standing = (): Markup => html`
<section class="records" aria-labelledby="standing-title">
  <h2 id="standing-title">This month</h2>
  <dl class="standing" id="standing"></dl>
</section>`

const drawings = [
  { id: 'calls', title: 'Calls and failures' },
  { id: 'bytes', title: 'Bytes in and out' },
  { id: 'saved', title: 'Bytes saved' },
]

const charts = (): Markup => html`
<section class="records" id="charts" aria-labelledby="charts-title">
  <div class="records-head">
    <h2 id="charts-title">Day by day</h2>
    <form id="range" class="fields" aria-label="Which days and which key">
      <label>Days <select name="days">
        <option value="7">The last 7</option><option value="30" selected>The last 30</option><option value="90">The last 90</option>
      </select></label>
      <label>Key <select name="key"><option value="">All keys</option></select></label>
    </form>
  </div>
  <div id="charts-problem" role="alert"></div>
  <div class="charts">${drawings.map(
    ({ id, title }) => html`
    <figure class="chart"><figcaption id="chart-${id}-title">${title}</figcaption>
      <div class="plot" id="chart-${id}" role="img" aria-labelledby="chart-${id}-title chart-${id}-words"></div>
      <p class="none" id="chart-${id}-none" hidden>Nothing in these days</p>
      <p class="unseen" id="chart-${id}-words"></p></figure>`,
  )}</div>
  <details><summary>As a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Usage as a table"><table class="list" role="table">
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Day</th><th scope="col" role="columnheader">Calls</th><th scope="col" role="columnheader">Failures</th><th scope="col" role="columnheader">Bytes in</th>
        <th scope="col" role="columnheader">Bytes out</th><th scope="col" role="columnheader">Bytes saved</th></tr></thead>
      <tbody role="rowgroup" id="usage-rows"></tbody>
    </table></div>
  </details>
</section>`

const keys = (): Markup => html`
<section class="records" id="keys" aria-labelledby="keys-title" hidden>
  <h2 id="keys-title">Keys</h2>
  <div id="keys-problem" role="alert"></div>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="keys-title">
    <table class="list" role="table">
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Name</th><th scope="col" role="columnheader">Public id</th><th scope="col" role="columnheader">May</th><th scope="col" role="columnheader">State</th>
        <th scope="col" role="columnheader"><span class="unseen">Actions</span></th></tr></thead>
      <tbody role="rowgroup" id="key-rows"></tbody>
    </table>
  </div>
  <form id="new-key" class="panel" aria-label="New key">
    <div class="fields">
      <label>Name <input name="name" maxlength="100" required placeholder="what it is for"></label>
      <label>Calls a month at most <input type="number" name="calls" min="1" placeholder="no limit"></label>
    </div>
    <fieldset class="scopes"><legend>May</legend><span id="new-scopes"></span></fieldset>
    <button class="strong" type="submit">Create the key</button>
  </form>
  <div id="new-secret" role="status" aria-live="polite"></div>
</section>`
