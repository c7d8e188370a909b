// Requests as a front gets them, drawn from the pieces that addresses are made of; the same for the same seed.
export interface Asked {
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

export const frontSources = {
  photos: { defaults: '' },
  named: { defaults: '', isNamed: true },
  shop: { defaults: 'auto=format&q=60&w=300', isNamed: true },
  hinted: { defaults: 'ch=Width,DPR,Save-Data' },
  web: { defaults: '' },
  uploads: { defaults: '', isNamed: true },
} as const

/** mulberry32: small, and the same everywhere. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const sources = [
  'photos',
  'photos',
  'named',
  'shop',
  'hinted',
  'web',
  'uploads',
  'nobody',
  'v1',
  'Photos',
  '%70hotos',
]
const paths = [
  ...['cat.jpg', 'a/b.png', 'a%2Fb.png', 'a//b.png', '/cat.jpg', 'c%c3%a4t.jpg', 'c%C3%A4t.jpg', '%63at.jpg'],
  ...[
    'a b'.replace(' ', '%20'),
    "x!'()*.jpg",
    'x%21%27%28%29%2a.jpg',
    'a,b;c:d@e.jpg',
    'a%2Cb%3bc.jpg',
    'q"<>.jpg',
  ],
  ...[
    '..',
    'a/../b',
    '%2e%2E/b',
    'a%2f..%2fb',
    './a',
    '',
    '/',
    '%2F',
    '%00',
    'a%7f',
    'a\\b',
    'a%5Cb',
    '%',
    '%zz',
    '%4',
  ],
  ...['%C0%80', '%E0%80%80', '%c2%85', '%ff.jpg', '%F0%9F%98%80.png', '[a].jpg', '100%25.jpg', '%2525.jpg'],
  ...[
    'https%3A%2F%2Fexample.org%2Fa.jpg',
    'https://example.org/a.jpg',
    'https:/example.org/a.jpg',
    'HTTPS://x/a',
  ],
  ...['%68ttps://x.org/a', 'http%3a//x.org/a', 'https://x.org/%7Ea', 'httpsa/b.jpg', 'http:a', 'http%3Aa'],
  ...['11111111-2222-3333-4444-555555555555', `${'x'.repeat(1200)}.jpg`, 'y'.repeat(4100)],
]
const pairs = [
  ...[
    'w=640',
    'W=640',
    'width=640',
    'w=320',
    'w=0',
    'w=',
    'w',
    'w64=NjQw',
    'h=480',
    'H=480',
    'fit=crop',
    'q=70',
    'q=auto',
  ],
  ...[
    'auto=format',
    'auto=compress',
    'auto=format,compress',
    'auto=compress,format',
    'auto=Format',
    'auto=',
    'auto=x',
  ],
  ...[
    'auto64=Zm9ybWF0',
    'auto=format%2Ccompress',
    'fm=jpg',
    'fm=JPG',
    'fm=json',
    'fm=original',
    'fm=%6Fpng',
    'fm64=anBn',
  ],
  ...[
    'ch=Width',
    'ch=DPR,Width',
    'ch=Width,DPR,Save-Data',
    'ch=save-data',
    'ch=x',
    'dpr=2',
    'dl=a.jpg',
    'dl=a%20b.jpg',
  ],
  ...[
    'utm_source=x',
    'utm_medium=mail',
    'fbclid=AbC',
    'gclid=1',
    'v=3',
    '_=17',
    'cb=%zz',
    'constructor=1',
    '__proto__=1',
  ],
  ...[
    's=abc',
    's=',
    's=a.b',
    's64=YWJj',
    'expires=1900000000',
    'expires=1',
    'expires=x',
    'EXPIRES=2000000000',
  ],
  ...[
    'border=0',
    'border=5',
    'px=8',
    'mark=x',
    'then=w=640;blur=20',
    'then=w%3D640%26mark%3D/a.png',
    'THEN=px=8',
    'then64=dz02NDA',
    'trim=auto',
    'amp;w=100',
    '?w=100',
    '%77=100',
    '+w=9',
    'w%3D100',
    'w;h=1',
  ],
  ...[
    '',
    '=',
    '=5',
    'crop=faces',
    'bg=fff',
    'bg=FFF',
    'rect=0,0,10,10',
    'lossless=1',
    'frame=1',
    'jpg-progressive=true',
  ],
]
const accepts = [
  ...[
    '*/*',
    'image/avif,image/webp,image/*,*/*;q=0.8',
    'image/webp,image/avif',
    'image/webp',
    'IMAGE/WEBP',
    'image/avif',
  ],
  ...[
    'image/avif;q=0,image/webp',
    'image/webp;q=0.0, image/avif',
    ' image/webp ; q=1',
    'image/webp;q=0.5;x=y',
    'text/html',
  ],
  ...['image/webpx', 'image/webp;Q=0', 'image/webp;q=0.', 'image/webp;q=00', ',,image/avif,', ''],
]
const widths = [
  '640',
  '99',
  '100',
  '1',
  '9000',
  '8192',
  '333.5',
  '-3',
  'x',
  '0',
  '1e3',
  ' 200 ',
  '250px',
  '.5',
]
const densities = ['1', '1.0', '2', '1.25', '1.5', '7', '0', 'NaN', '3.0001']

export function frontRequests(count: number, seed = 1): readonly Asked[] {
  const next = drawing(seed)
  const one = (from: readonly string[]): string => from[Math.floor(next() * from.length)] ?? ''
  const some = (share: number): boolean => next() < share
  const optional = (name: string, from: readonly string[], share: number) =>
    some(share) ? { [name]: one(from) } : {}
  return Array.from({ length: count }, () => {
    const query = Array.from({ length: Math.floor(next() * 6) }, () => one(pairs)).join('&')
    const path = some(0.5) ? one(paths.slice(0, 8)) : one(paths)
    const target = some(0.03)
      ? one([
          '/',
          '',
          '/photos',
          '/healthz',
          `/photos/a?${'x'.repeat(8200)}`,
          '/11111111-2222-3333-4444-555555555555/-/preview/',
        ])
      : `/${one(sources)}/${path}${query === '' ? one(['', '?']) : `?${query}`}`
    const headers: Record<string, string> = {
      ...optional('accept', accepts, 0.9),
      ...optional('width', widths, 0.15),
      ...optional('sec-ch-width', widths, 0.15),
      ...optional('dpr', densities, 0.1),
      ...optional('sec-ch-dpr', densities, 0.1),
      ...optional('save-data', ['on', 'ON', ' on ', 'off', ''], 0.15),
    }
    return { target, headers }
  })
}
