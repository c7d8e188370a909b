// Writes front-keys.json from edge/front-key.ts: `node test/vectors/write-front-keys.ts` after a new revision or option.
import { writeFileSync } from 'node:fs'
import { readFrontRequest } from '../../edge/front-key.ts'
import { revision } from '../../transforms/index.ts'
import { frontRequests, frontSources } from '../edge/front-requests.ts'

const sources = new Map(Object.entries(frontSources))
const cases = frontRequests(400, 3)
  .filter(({ target }) => target.length < 300)
  .map(({ target, headers }) => ({ target, headers, is: readFrontRequest(target, headers, sources) }))
const vectors = {
  about:
    'Requests as a front gets them, and what it makes of them: passed on, refused, or a picture with the key that it is kept under. `sources` are what the targets may name.',
  revision,
  sources: frontSources,
  cases,
}
writeFileSync(new URL('front-keys.json', import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`)
