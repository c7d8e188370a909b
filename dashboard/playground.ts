// The part of the start page to play in: a sample, any option, the picture, and what to paste. Its script fills it.
import { html } from 'hono/html'
import type { Shown } from './gallery.ts'
import { optionsPath } from './options.ts'
import type { Markup } from './shell.ts'

const kinds = [
  { kind: 'address', word: 'Address' },
  { kind: 'html', word: 'HTML' },
  { kind: 'react', word: 'React' },
  { kind: 'vue', word: 'Vue' },
  { kind: 'next', word: 'Next.js' },
  { kind: 'nuxt', word: 'Nuxt' },
]

export const playground = (shown: readonly Shown[]): Markup => html`
<section id="play" aria-labelledby="play-title">
  <h2 id="play-title">Playground</h2>
  <p class="about">Every option, on any of the samples. What each does is shown on the page of <a href="${optionsPath}">options</a>.</p>
  <div class="play">
    <form id="play-form">
      <label>Picture <select name="sample">${shown.map(
        ({ name, title }) => html`<option value="${name}">${title}</option>`,
      )}</select></label>
      <div id="play-options" role="group" aria-label="Options of the picture"></div>
      <div class="play-more"><label>Another option <select name="add"></select></label>
        <button type="button" id="play-add">Add</button></div>
    </form>
    <div class="play-result">
      <p id="play-status" role="status"></p>
      <div id="play-answer" class="answer"></div>
    </div>
  </div>
  <fieldset class="play-kinds" id="play-kinds"><legend>Paste it as</legend>${kinds.map(
    ({ kind, word }, index) =>
      html`<label><input type="radio" name="kind" value="${kind}"${index === 0 ? ' checked' : ''}> ${word}</label> `,
  )}<button type="button" data-copy="play-code">Copy</button></fieldset>
  <pre tabindex="0" class="play-paste" aria-label="What to paste"><code id="play-code"></code></pre>
</section>`
