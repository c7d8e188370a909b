// What LittleCMS says of a source's colours is what our results show, whatever its coding and theirs.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { sharesOf } from '../../transforms/render/sharing/shares.ts'
import {
  chart,
  charts,
  differenceFrom,
  files,
  made,
  madeInStages,
  planOf,
  type Space,
  shown,
  stored,
} from './colour-charts.ts'

const near = (what: string, { mean, worst }: ReturnType<typeof differenceFrom>): void => {
  expect(mean, `${what}: mean`).toBeLessThanOrEqual(2)
  expect(worst, `${what}: worst`).toBeLessThanOrEqual(5)
}

test('every fixture has a reference', () => {
  expect(files.toSorted()).toEqual(charts.toSorted())
  expect(charts.length).toBeGreaterThanOrEqual(32)
})

/** sharp, by which the results are read here, hears no grey profile with 16 bits; browsers do. */
const ownBytes = (name: string): readonly string[] => (/^grey-.*-16/.test(name) ? [] : ['fm=png'])
const formats = {
  png: 'w=64&fm=png',
  webp: 'w=64&fm=webp&lossless=true',
  jpeg: 'w=64&fm=jpg&q=100',
  avif: 'w=64&fm=avif&q=95&chromasub=444',
} as const

async function nearIn(space: Space, name: string, output: string): Promise<void> {
  const query = `cs=${space}&${output}`
  const body = await made(name, query)
  const { icc, channels } = await sharp(body).metadata()
  expect(icc, query).toBeDefined()
  expect(channels, query).toBeGreaterThanOrEqual(3)
  near(query, differenceFrom(name, await stored(body), space))
  // What the profile says is what the pixels are, as far as sRGB can show it.
  near(query, differenceFrom(name, await shown(body), 'srgb'))
}

describe.each(charts)('%s', (name) => {
  test('shows the colours of its reference in every format', async () => {
    for (const query of [...ownBytes(name), ...Object.values(formats)]) {
      const body = await made(name, query)
      near(query, differenceFrom(name, await shown(body), 'srgb'))
    }
  })

  test('is in Display P3 and in Adobe RGB where that is asked for', async () => {
    await nearIn('p3', name, formats.png)
    await nearIn('adobergb1998', name, formats.webp)
  })

  test('has neither a profile nor other colours with cs=srgb', async () => {
    const body = await made(name, 'cs=srgb&fm=png')
    expect((await sharp(body).metadata()).icc).toBeUndefined()
    near('stored', differenceFrom(name, await stored(body), 'srgb'))
  })
})

describe.each<Space>(['p3', 'adobergb1998'])('cs=%s', (space) => {
  test.each(Object.values(formats))('is told in %s', async (output) => {
    for (const name of ['plain.png', 'p3.jpg', 'p3.avif', 'inks.jpg', 'grey-dot-gain.jpg', 'pq-10.avif'])
      await nearIn(space, name, output)
  })
})

describe('other ways to a result keep the colours as well', () => {
  const names = [
    'p3.jpg',
    'table.png',
    'grey-linear-16.png',
    'inks.jpg',
    'lab.tif',
    'cicp-hlg-16.png',
    'p3.avif',
  ]

  test.each(names)('q=auto and max-bytes: %s', async (name) => {
    for (const query of [
      'fm=jpg&q=auto',
      'fm=webp&q=auto&cs=p3',
      'fm=avif&q=auto',
      'fm=jpg&q=95&max-bytes=4000',
    ]) {
      const { mean, worst } = differenceFrom(name, await shown(await made(name, query)), 'srgb')
      // What a search finds good enough is lossy; other colours would be off by 5 and more in the mean.
      expect(mean, query).toBeLessThanOrEqual(3)
      expect(worst, query).toBeLessThanOrEqual(10)
    }
  })

  test.each(names)('made in stages: %s', async (name) => {
    const body = await madeInStages(name, 'w=64&fm=png')
    near(name, differenceFrom(name, await shown(body), 'srgb'))
  })

  test('a result in another space shares no pixels with one in sRGB', () => {
    expect(sharesOf(planOf('p3.jpg', 'w=64&fm=jpg'), identify(chart('p3.jpg')))).toBeDefined()
    expect(sharesOf(planOf('p3.jpg', 'cs=p3&w=64&fm=jpg'), identify(chart('p3.jpg')))).toBeUndefined()
  })
})
