// The page of webhooks: the hooks, their deliveries, and the outcome of each.
import { html } from 'hono/html'
import { type DemoKey, keyLine, type Markup, type Site, shell, withKey } from './shell.ts'

export const webhooksPage = (site: Site, demo: DemoKey | undefined): Markup =>
  shell(site, {
    path: '/webhooks',
    title: 'Webhooks – Halftone',
    skip: { to: 'deliveries', words: 'Skip to the deliveries' },
    styles: ['page.css', 'parts.css', 'records.css'],
    scripts: ['webhooks.js'],
    demo,
    main: html`
<section class="tool" aria-labelledby="title">
  <h1 id="title">Webhooks</h1>
  <p class="about">Each that was promised, how often it was tried, and what the other side answered.</p>
  ${keyLine}
</section>
${withKey(html`${deliveries()} ${hooks()}`)}`,
  })

const deliveries = (): Markup => html`
<section class="records" id="deliveries" aria-labelledby="deliveries-title">
  <div class="records-head">
    <h2 id="deliveries-title">Deliveries</h2>
    <form id="filter" class="fields" aria-label="Which deliveries">
      <label>State <select name="state">
        <option value="">All</option>
        <option value="waiting">Waiting or retrying</option>
        <option value="running">Being sent</option>
        <option value="done">Delivered</option>
        <option value="dead">Given up</option>
      </select></label>
      <label>Promised <select name="hours">
        <option value="">At any time</option>
        <option value="1">In the last hour</option>
        <option value="24">In the last day</option>
        <option value="168">In the last week</option>
      </select></label>
      <button type="button" id="refresh">Refresh</button>
      <button type="button" id="resend-all" hidden></button>
    </form>
  </div>
  <p class="unseen" id="said" role="status" aria-live="polite"></p>
  <div id="deliveries-problem" role="alert"></div>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="deliveries-title">
    <table class="list" role="table">
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">State</th><th scope="col" role="columnheader">Event</th><th scope="col" role="columnheader">To</th><th scope="col" role="columnheader">Attempts</th>
        <th scope="col" role="columnheader">Last</th><th scope="col" role="columnheader">Promised</th><th scope="col" role="columnheader"><span class="unseen">Actions</span></th></tr></thead>
      <tbody role="rowgroup" id="delivery-rows"></tbody>
    </table>
  </div>
  <p class="about" id="no-deliveries" hidden>None. A webhook is promised where a call names a <code>callback_url</code>, and for files when there is a hook below.</p>
  <p class="more"><button type="button" id="more" hidden>Show older ones</button></p>
</section>`

const hooks = (): Markup => html`
<section class="records" aria-labelledby="hooks-title">
  <h2 id="hooks-title">Hooks</h2>
  <p class="about">Told whenever it happens to one of the project's files.</p>
  <div id="hooks-problem" role="alert"></div>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="hooks-title">
    <table class="list" role="table">
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Event</th><th scope="col" role="columnheader">To</th><th scope="col" role="columnheader">Signed</th><th scope="col" role="columnheader">State</th>
        <th scope="col" role="columnheader"><span class="unseen">Actions</span></th></tr></thead>
      <tbody role="rowgroup" id="hook-rows"></tbody>
    </table>
  </div>
  <p class="about" id="no-hooks" hidden>None yet.</p>
  <form id="new-hook" class="fields panel" aria-label="New hook">
    <label>Event <select name="event" required></select></label>
    <label class="wide">Address that is told <input type="url" name="url" required placeholder="https://shop.example/halftone"></label>
    <label>Secret to sign with <input name="secret" minlength="8" maxlength="255" autocomplete="off" placeholder="drawn for you"></label>
    <button class="strong" type="submit">Add the hook</button>
  </form>
  <div id="hook-secret" role="status" aria-live="polite"></div>
</section>`
