// A drawing that is made smaller does not weigh more for its blended edges, where 256 colours show the same.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'

const inks = ['#c2185b', '#1976d2', '#388e3c', '#f57c00', '#512da8', '#00796b', '#fbc02d', '#455a64']

/** Shapes with hard edges in a few colours, as a program for diagrams writes them. */
async function diagram(): Promise<Buffer> {
  const shapes = Array.from({ length: 60 }, (_, i) => {
    const [x, y] = [(i % 10) * 80 + 40, Math.floor(i / 10) * 66 + 33]
    return `<path d="M${x - 30} ${y}l30 -25l30 25l-30 25z" fill="${inks[i % inks.length]}"/>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="400" shape-rendering="crispEdges">
    <rect width="800" height="400" fill="#fff"/>${shapes.join('')}</svg>`
  return sharp(Buffer.from(svg)).removeAlpha().png({ palette: true }).toBuffer()
}

async function made(source: Buffer, query: string): Promise<Buffer> {
  const facts = identify(source)
  const asked = exact(parse(query), { formats: 'basic', saveData: false })
  return Buffer.from((await render(source, plan(asked, facts), { facts })).body)
}

const levels = (png: Buffer): Promise<Buffer> =>
  sharp(png).removeAlpha().toColourspace('srgb').raw().toBuffer()

test('it has a palette, and hardly differs from what is made by name or without loss', async () => {
  const source = await diagram()
  const [reduced, named, whole] = [
    await made(source, 'w=300'),
    await made(source, 'w=300&fm=png'),
    await made(source, 'w=300&lossless=true'),
  ]
  expect(named.equals(whole)).toBe(true)
  expect(reduced.length).toBeLessThan(0.8 * whole.length)
  const [after, before] = [await levels(reduced), await levels(whole)]
  const off = before.reduce((sum, value, i) => sum + Math.abs(value - (after[i] ?? 0)), 0) / before.length
  expect(off).toBeLessThan(1)
})
