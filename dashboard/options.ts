// The page of options: each with what it means and takes, and its picture beside the one without it, made when looked at.
import { html } from 'hono/html'
import { pairOf } from './option-examples.ts'
import { type ListedOption, type ListedSection, optionList } from './option-list.ts'
import { type Markup, type Site, shell } from './shell.ts'

export const optionsPath = '/_halftone/options'

interface OptionsPage {
  readonly site: Site
  /** Without samples there are the words alone. */
  readonly hasSamples: boolean
}

export const optionsPage = ({ site, hasSamples }: OptionsPage): Markup =>
  shell(site, {
    path: optionsPath,
    title: 'Options – Halftone',
    skip: { to: 'options', words: 'Skip to the options' },
    sections: html`<a href="/">Start</a>`,
    styles: ['page.css', 'parts.css', 'options.css'],
    scripts: ['told.js'],
    demo: undefined,
    main: html`
<section class="tool" aria-labelledby="title">
  <h1 id="title">Options</h1>
  <p class="about">What may stand behind the <code>?</code> of a picture's address. ${
    hasSamples
      ? html`This server makes each picture when you look at it: on the left without the option, on the right with it. To try one, see the
    <a href="/#play">playground</a>.`
      : 'This process has no samples to show them with.'
  }</p>
  <nav class="to-sections" aria-label="Kinds of options">${optionList.map(
    ({ name }) => html`<a href="#${idOf(name)}">${name}</a> `,
  )}</nav>
</section>
<div id="options">${optionList.map((section) => group(section, hasSamples))}</div>`,
  })

const idOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]+/g, '-')

const group = ({ name, options }: ListedSection, hasSamples: boolean): Markup => html`
<section class="options" id="${idOf(name)}" aria-labelledby="${idOf(name)}-title">
  <h2 id="${idOf(name)}-title">${name}</h2>
  ${options.map((option) => entry(option, hasSamples))}
</section>`

const entry = (option: ListedOption, hasSamples: boolean): Markup => html`
<article class="option" id="option-${option.key}">
  <div>
    <h3><code>${option.key}</code></h3>
    <p>${marked(option.about)}</p>
    <dl class="terms">${terms(option).map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>
  </div>
  ${hasSamples ? pictures(option) : ''}
</article>`

const terms = ({ aliases, expected, preset, needs }: ListedOption): readonly (readonly [string, Markup])[] =>
  [
    ['Also', aliases.map((alias) => `\`${alias}\``).join(' ')],
    ['Value', expected],
    ['Default', preset === undefined ? '' : `\`${preset}\``],
    ['Needs', needs ?? ''],
  ]
    .filter(([, text]) => text !== '')
    .map(([term = '', text = '']) => [term, marked(text)])

/** The table marks code with backticks, as Markdown does. */
const marked = (text: string): Markup =>
  html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`

function pictures({ key, example }: ListedOption): Markup | '' {
  if (example === undefined) return ''
  const pair = pairOf(key, example)
  const { value, same, isText } = example
  const shown = (address: string, alt: string) =>
    isText && address === pair.with
      ? html`<pre data-told="${address}" tabindex="0" aria-label="${alt}">…</pre>`
      : html`<img src="${address}" alt="${alt}" loading="lazy">`
  return html`<figure class="pair">
    ${isText ? '' : html`<a class="frame" href="${pair.without}">${shown(pair.without, `Without ${key}`)}</a>`}
    ${
      isText
        ? shown(pair.with, `What ${key} tells`)
        : html`<a class="frame" href="${pair.with}">${shown(pair.with, `With ${key}=${value}`)}</a>`
    }
    <figcaption><code>${pair.with.replace(/^\/samples\//, '')}</code>${same === undefined ? '' : html` <span>${same}</span>`}</figcaption>
  </figure>`
}
