// The demo project's keys, and commands to paste with them. Shown only to a client of this machine.
import { html } from 'hono/html'
import type { DemoKey, Markup } from './shell.ts'

/** `data-here` is filled with the page's own origin: what is shown can be pasted as it stands. */
const here = html`<span data-here></span>`

/** With samples the first way begins by fetching one: nobody has to look for a picture. */
export const snippets = (demo: DemoKey, hasSamples: boolean): Markup => html`
<section id="keys" aria-labelledby="keys-title">
  <h2 id="keys-title">Your keys to play with</h2>
  <p class="about">Of the demo project, which exists only while this server listens on this machine alone. The pages
    <a href="/optimise">Optimise</a>, <a href="/webhooks">Webhooks</a> and <a href="/usage">Usage</a> use them too. All that the API does is described at
    <a href="/openapi.json">/openapi.json</a>.</p>
  <dl class="keys">
    <dt>Public id</dt><dd><code id="demo-id">${demo.id}</code> <button type="button" data-copy="demo-id">Copy</button></dd>
    <dt>Secret</dt><dd><code id="demo-secret">${demo.secret}</code> <button type="button" data-copy="demo-secret">Copy</button></dd>
  </dl>
  <div class="snippets">${ways(demo, hasSamples).map(snippet)}</div>
</section>`

interface Snippet {
  readonly name: string
  readonly title: string
  readonly text: Markup
}

const snippet = ({ name, title, text }: Snippet): Markup => html`
<article>
  <h3>${title} <button type="button" data-copy="${name}">Copy</button></h3>
  <pre tabindex="0"><code id="${name}">${text}</code></pre>
</article>`

function ways({ id, secret }: DemoKey, hasSamples: boolean): readonly Snippet[] {
  const file = hasSamples ? 'landscape.jpg' : 'photo.jpg'
  const fetched = hasSamples
    ? html`curl -o ${file} \\
  '${here}/samples/${file}?w=800&amp;q=95'\n`
    : ''
  return [
    {
      name: 'snippet-curl',
      title: 'Optimise with curl',
      text: html`${fetched}curl --data-binary @${file} \\
  -u '${id}:${secret}' \\
  '${here}/v1/optimize'`,
    },
    {
      name: 'snippet-curl-upload',
      title: 'Upload with curl',
      text: html`curl -F file=@${file} \\
  -u '${id}:${secret}' \\
  '${here}/v1/files'`,
    },
    {
      name: 'snippet-kraken',
      title: 'Optimise with a Kraken client',
      text: html`// npm install kraken
import Kraken from 'kraken'

const kraken = new Kraken({
  api_key: '${id}',
  api_secret: '${secret}',
})
kraken.api.upload = '${here}/v1/upload'
const wish = { file: '${file}', wait: true, lossy: true }
console.log(await kraken.upload(wish))`,
    },
    {
      name: 'snippet-upload',
      title: 'Upload with an Uploadcare client',
      text: html`// npm install @uploadcare/upload-client
import { uploadFile } from '@uploadcare/upload-client'
import { readFile } from 'node:fs/promises'

const file = await uploadFile(await readFile('${file}'), {
  publicKey: '${id}',
  baseURL: '${here}',
  fileName: '${file}',
  store: true,
  baseCDN: '${here}',
})
console.log(file.cdnUrl)`,
    },
  ]
}
