// Each option has an example that this program makes, and with which the picture is another one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairOf } from '../../dashboard/option-examples.ts'
import { sampleNames } from '../../samples/index.ts'
import { type Example, type Option, requestOptions } from '../../transforms/index.ts'
import { aNode, type Node } from '../journeys/cdn.ts'

/** No AVIF: it costs most, and shows nothing more. */
const accept = { accept: 'image/webp,*/*' }
let node: Node

beforeAll(async () => {
  node = await aNode({ samples: true })
})
afterAll(() => node.stop())

const options: readonly Option<unknown>[] = Object.values(requestOptions)
const examples = options.flatMap(({ key, example }): [string, Example][] => (example ? [[key, example]] : []))

test('there is one for every option', () => {
  expect(options.filter(({ example }) => example === undefined)).toEqual([])
})

describe('the example', () => {
  test.each(examples)('of %s', async (key, example) => {
    const { sample = 'landscape.jpg', same, isText } = example
    expect(sampleNames).toContain(sample)
    const pair = pairOf(key, example)
    const [plain, changed] = await Promise.all([node.get(pair.without, accept), node.get(pair.with, accept)])
    expect([plain.status, changed.status]).toEqual([200, 200])
    expect(changed.headers['content-type']?.startsWith('image/')).toBe(isText !== true)
    if (same === undefined) expect(changed.body.equals(plain.body)).toBe(false)
    // One may be made from the other's decoded picture, so not every byte need be the same.
    else expect(Math.abs(changed.body.length / plain.body.length - 1)).toBeLessThan(0.05)
  })
})
