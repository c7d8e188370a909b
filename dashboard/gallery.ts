// The demo's one table: its sample pictures, and the sizes and formats each is shown in.

export interface Shown {
  readonly name: string
  readonly title: string
  readonly about: string
  /** The picture's own shape, so that the page does not jump when it arrives. */
  readonly shape: { readonly width: number; readonly height: number }
  /** Whether it fills its card, is shown whole, or lets what is behind it be seen. */
  readonly frame: 'filled' | 'whole' | 'clear'
  readonly widths: readonly number[]
  readonly formats: readonly ShownFormat[]
}

export type ShownFormat = 'avif' | 'webp' | 'jpg' | 'png' | 'gif'

const all: readonly Shown[] = [
  {
    name: 'landscape.jpg',
    title: 'Photograph',
    about: 'Sky, snow and grain. AVIF and WebP take a fraction of what the camera wrote.',
    shape: { width: 1600, height: 1067 },
    frame: 'filled',
    widths: [320, 640, 1280],
    formats: ['avif', 'webp', 'jpg'],
  },
  {
    name: 'portrait.jpg',
    title: 'Upright photograph',
    about: 'Stored lying on its side, as phones do (EXIF orientation 6). It arrives upright.',
    shape: { width: 900, height: 1350 },
    frame: 'whole',
    widths: [240, 480, 900],
    formats: ['avif', 'webp', 'jpg'],
  },
  {
    name: 'graphics.png',
    title: 'Screen graphics',
    about: 'Flat colours and sharp edges, where JPEG would smear.',
    shape: { width: 1200, height: 800 },
    frame: 'filled',
    widths: [320, 640, 1200],
    formats: ['avif', 'webp', 'png'],
  },
  {
    name: 'badge.png',
    title: 'Transparency',
    about: 'A soft shadow on nothing. Every format that can keeps it.',
    shape: { width: 640, height: 640 },
    frame: 'clear',
    widths: [160, 320, 640],
    formats: ['avif', 'webp', 'png'],
  },
  {
    name: 'dance.gif',
    title: 'Animation',
    about: 'Sixteen frames that go on moving, at any size.',
    shape: { width: 320, height: 240 },
    frame: 'filled',
    widths: [160, 240, 320],
    formats: ['webp', 'gif'],
  },
  {
    name: 'logo.svg',
    title: 'Vector',
    about: 'Nothing is smaller than the drawing itself; these are for places that take only pixels.',
    shape: { width: 240, height: 240 },
    frame: 'clear',
    widths: [64, 128, 240],
    formats: ['webp', 'png'],
  },
]

export const gallery = (names: readonly string[]): readonly Shown[] =>
  all.filter(({ name }) => names.includes(name))

export interface FitMode {
  readonly options: string
  readonly about: string
}

/** One picture in a square frame of 240 pixels, in every way. */
export const fitModes: readonly FitMode[] = [
  { options: 'fit=clip', about: 'Whole picture, inside the frame' },
  { options: 'fit=crop', about: 'Frame filled, the middle survives' },
  { options: 'fit=crop&crop=left', about: 'Frame filled, the left survives' },
  { options: 'fit=crop&crop=entropy', about: 'Frame filled, the busiest part survives' },
  { options: 'fit=fill&bg=d92f86', about: 'Whole picture, the rest in a colour' },
  { options: 'fit=scale', about: 'Stretched to the frame' },
]

/** Addresses to start from in the box; the last one is wrong on purpose. */
export const examples: readonly { readonly title: string; readonly path: string }[] = [
  { title: 'Automatic format', path: '/samples/landscape.jpg?w=640&auto=format' },
  { title: 'Square thumbnail', path: '/samples/portrait.jpg?w=300&h=300&fit=crop&crop=entropy&auto=format' },
  { title: 'Blurred', path: '/samples/landscape.jpg?w=480&blur=200&auto=format' },
  { title: 'Turned', path: '/samples/graphics.png?w=480&rot=90&auto=format' },
  { title: 'Facts as JSON', path: '/samples/landscape.jpg?fm=json' },
  { title: 'A mistake', path: '/samples/landscape.jpg?w=wide' },
]
