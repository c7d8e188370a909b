// Pictures of all kinds that a web site has, in a few sizes.
import { readFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { noisy } from '../dashboard/photographs.ts'

export interface PictureFile {
  readonly name: string
  readonly type: string
  readonly body: Buffer
  /** Whether Halftone may make another one of it. */
  readonly isTouched: boolean
}

const sample = (name: string): Buffer =>
  readFileSync(new URL(`../../samples/pictures/${name}`, import.meta.url))

const drawing = (side: number): Sharp =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><circle cx="${side / 2}" cy="${side / 2}" r="${side / 2.5}" fill="#268" stroke="#fc3" stroke-width="5"/><text x="4" y="${side / 2}" font-size="${side / 5}">Sale</text></svg>`,
    ),
  )

type Kind = readonly [ending: string, type: string, make: (photo: Sharp, side: number) => Sharp]

const kinds: readonly Kind[] = [
  ['jpg', 'image/jpeg', (photo) => photo.jpeg({ quality: 92 })],
  ['progressive.jpg', 'image/jpeg', (photo) => photo.jpeg({ quality: 85, progressive: true })],
  ['grey.jpg', 'image/jpeg', (photo) => photo.greyscale().jpeg({ quality: 90 })],
  ['ink.jpg', 'image/jpeg', (photo) => photo.toColourspace('cmyk').jpeg({ quality: 95 })],
  ['lying.jpg', 'image/jpeg', (photo) => photo.withMetadata({ orientation: 6 }).jpeg({ quality: 90 })],
  ['tight.jpg', 'image/jpeg', (photo) => photo.jpeg({ quality: 15, mozjpeg: true })],
  ['png', 'image/png', (photo) => photo.png()],
  ['drawn.png', 'image/png', (_, side) => drawing(side).png()],
  ['palette.png', 'image/png', (_, side) => drawing(side).png({ palette: true })],
  ['deep.png', 'image/png', (photo) => photo.toColourspace('rgb16').png()],
  ['gif', 'image/gif', (_, side) => drawing(side).gif()],
  ['webp', 'image/webp', (photo) => photo.webp({ quality: 90 })],
  ['lossless.webp', 'image/webp', (_, side) => drawing(side).webp({ lossless: true })],
  ['avif', 'image/avif', (photo) => photo.avif({ quality: 70, effort: 2 })],
]

const others: readonly PictureFile[] = [
  { name: 'dance.gif', type: 'image/gif', body: sample('dance.gif'), isTouched: true },
  { name: 'logo.svg', type: 'image/svg+xml', body: sample('logo.svg'), isTouched: false },
  { name: 'badge.png', type: 'image/png', body: sample('badge.png'), isTouched: true },
  {
    name: 'dot.gif',
    type: 'image/gif',
    body: Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'),
    isTouched: false,
  },
  {
    name: 'broken.jpg',
    type: 'image/jpeg',
    body: sample('portrait.jpg').subarray(0, 2000),
    isTouched: false,
  },
]

/** `sides`: of the pictures, in pixels. */
export async function picturesOf(sides: readonly number[]): Promise<readonly PictureFile[]> {
  const made = sides.map(async (side) => {
    const photo = await noisy(side % 7, { width: side, height: Math.round(side * 0.75) })
    return Promise.all(
      kinds.map(async ([ending, type, make]): Promise<PictureFile> => {
        const body = await make(sharp(photo), side).toBuffer()
        return { name: `${side}.${ending}`, type, body, isTouched: true }
      }),
    )
  })
  return [...(await Promise.all(made)).flat(), ...others]
}
