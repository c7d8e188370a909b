// What the plan does with sizes, boxes and turns. Every number here is computed by hand from the table of fit modes.
import { describe, expect, test } from 'vitest'
import { type Client, exact, type Facts, type Plan, parse, plan } from '../../transforms/index.ts'
import { photo } from './language-arbitraries.ts'

const client: Client = { formats: 'basic', saveData: false }

type Sized = { readonly width: number; readonly height: number }
const by = ({ width, height }: Sized): string => `${width}x${height}`
const at = (box: { left: number; top: number } & Sized): string => `${box.left},${box.top} ${by(box)}`

/** The steps of a plan in words, the size of the result last. */
function told({
  density,
  orient,
  extract,
  resize,
  crop,
  extend,
  cut,
  flip,
  rotate,
  ...result
}: Plan): string {
  const steps = [
    density && `draw ${density}`,
    orient && `turn ${orient.turns}${orient.mirror ? ' mirror' : ''}`,
    extract && `extract ${at(extract)}`,
    resize && `resize ${by(resize)}`,
    crop && (crop.by === 'box' ? `cut ${at(crop.box)}` : `${crop.by} ${by(crop)}`),
    extend && `${extend.paint} ${extend.top} ${extend.right} ${extend.bottom} ${extend.left}`,
    cut && `keep ${at(cut)}`,
    flip && `flip ${flip.horizontal ? 'h' : ''}${flip.vertical ? 'v' : ''}`,
    rotate && `rotate ${rotate.degrees} cut ${by(rotate.cut)}`,
  ]
  return [...steps.filter(Boolean), `= ${by(result)}`].join(', ')
}

type Row = readonly [query: string, steps: string, facts?: Partial<Facts>]

const table: Readonly<Record<string, readonly Row[]>> = {
  'no size': [
    ['', '= 4000x3000'],
    ['', 'resize 8192x4096, = 8192x4096', { width: 20_000, height: 10_000 }],
  ],
  'fit=clip': [
    ['w=640', 'resize 640x480, = 640x480'],
    ['h=300', 'resize 400x300, = 400x300'],
    ['w=640&h=640', 'resize 640x480, = 640x480'],
    ['w=640&h=300', 'resize 400x300, = 400x300'],
    ['w=8000', 'resize 8000x6000, = 8000x6000'],
    ['w=8192&h=8192', 'resize 8192x6144, = 8192x6144'],
    ['w=333', 'resize 333x250, = 333x250'],
    ['w=1', 'resize 1x1, = 1x1'],
    ['w=0.5', 'resize 2000x1500, = 2000x1500'],
    ['w=1.0', '= 4000x3000'],
    ['h=0.1', 'resize 400x300, = 400x300'],
    ['w=100', 'resize 41x8192, = 41x8192', { width: 10, height: 2000 }],
    ['w=0.5&dpr=4', 'resize 8000x6000, = 8000x6000'],
    ['w=0.5&dpr=5', 'resize 8192x6144, = 8192x6144'],
  ],
  'fit=max': [
    ['w=8000&fit=max', '= 4000x3000'],
    ['w=640&h=640&fit=max', 'resize 640x480, = 640x480'],
    ['w=8000&h=300&fit=max', 'resize 400x300, = 400x300'],
  ],
  'fit=scale': [
    ['w=100&h=300&fit=scale', 'resize 100x300, = 100x300'],
    ['w=0.5&h=0.5&dpr=5&fit=scale', 'resize 8192x6144, = 8192x6144'],
  ],
  'fit=cover': [
    ['w=640&h=640&fit=cover', 'resize 853x640, = 853x640'],
    ['w=8000&h=300&fit=cover', 'resize 8000x6000, = 8000x6000'],
    ['w=8000&h=8000&fit=cover', 'resize 8192x6144, = 8192x6144'],
  ],
  enlarge: [
    ['w=5000&h=300&fit=scale&enlarge=no', 'resize 4000x300, = 4000x300'],
    ['w=5000&h=300&fit=scale&enlarge=fill', 'resize 4000x300, background 0 500 0 500, = 5000x300'],
    ['w=5000&h=4000&fit=scale&enlarge=no', '= 4000x3000'],
    ['w=400&h=400&fit=crop&enlarge=no', 'resize 533x400, cut 67,0 400x400, = 400x400'],
    ['w=5000&h=300&fit=crop&enlarge=no', 'cut 0,1350 4000x300, = 4000x300'],
    ['w=5000&h=300&fit=crop&crop=top&enlarge=no', 'cut 0,0 4000x300, = 4000x300'],
    ['w=5000&h=300&fit=crop&crop=entropy&enlarge=no', 'entropy 4000x300, = 4000x300'],
    ['w=5000&h=300&fit=crop&enlarge=fill', 'extract 0,1350 4000x300, background 0 500 0 500, = 5000x300'],
    [
      'rect=100,0,50,50&w=80&h=20&fit=crop&enlarge=fill',
      'extract 100,15 50x20, background 0 15 0 15, = 80x20',
    ],
  ],
  'enlarge and fill-align': [
    ['w=5000&enlarge=only', 'resize 5000x3750, = 5000x3750'],
    ['w=400&enlarge=only', '= 4000x3000'],
    ['w=5000&h=400&enlarge=only', '= 4000x3000'],
    ['w=5000&h=5000&fit=cover&enlarge=no', '= 4000x3000'],
    ['w=300&h=400&adapt=swap', 'resize 400x300, = 400x300'],
    ['w=400&h=300&adapt=swap', 'resize 400x300, = 400x300'],
    ['w=300&h=600&fit=crop&adapt=clip', 'resize 300x225, = 300x225'],
    ['w=300&h=100&fit=crop&adapt=clip', 'resize 300x225, cut 0,63 300x100, = 300x100'],
    ['w=5000&h=6000&fit=crop&enlarge=no&adapt=clip', '= 4000x3000'],
    ['w=100&h=100&fit=cover&enlarge=no', 'resize 133x100, = 133x100'],
    ['w=100&h=3200&fit=cover&enlarge=only', 'resize 4267x3200, = 4267x3200'],
    ['w=100&h=100&fit=cover&enlarge=only', '= 4000x3000'],
    ['w=100&h=100&fit=fill&enlarge=only', '= 4000x3000'],
    ['w=6000&h=6000&fit=fill&enlarge=only', 'resize 6000x4500, background 750 0 750 0, = 6000x6000'],
    ['w=300&h=300&fit=fill&fill-align=bottom,left', 'resize 300x225, background 75 0 0 0, = 300x300'],
    ['w=5000&h=5000&fit=scale&enlarge=fill&fill-align=top,right', 'background 0 0 2000 1000, = 5000x5000'],
  ],
  cut: [
    ['w=400&cut=10,20,100,50', 'resize 400x300, cut 10,20 100x50, = 100x50'],
    ['w=400&cut=right,bottom,0.5,full', 'resize 400x300, cut 200,0 200x300, = 200x300'],
    ['w=400&cut=center,top,1:1', 'resize 400x300, cut 50,0 300x300, = 300x300'],
    ['w=400&cut=30p,100p,200,100', 'resize 400x300, cut 60,200 200x100, = 200x100'],
    ['w=400&cut=0,0,9999,9999', 'resize 400x300, = 400x300'],
    ['w=300&h=300&fit=crop&cut=0,0,100,100', 'resize 400x300, cut 50,0 100x100, = 100x100'],
    ['w=300&h=300&fit=crop&crop=entropy&cut=1,2,9,8', 'resize 400x300, entropy 300x300, keep 1,2 9x8, = 9x8'],
    [
      'w=300&h=300&fit=fill&cut=0,0,300,40',
      'resize 300x225, background 37 0 38 0, keep 0,0 300x40, = 300x40',
    ],
    [
      'w=300&h=300&fit=fill&cut=0,0,300,40&rot=270&rot-type=pivot',
      'turn 1, resize 225x300, background 0 37 0 38, keep 260,0 40x300, = 40x300',
    ],
    ['w=400&cut=0,0,100,50&rot=270&rot-type=pivot', 'turn 1, resize 300x400, cut 250,0 50x100, = 50x100'],
  ],
  turn: [
    ['turn=90', 'turn 1, = 3000x4000'],
    ['turn=h', 'turn 0 mirror, = 4000x3000'],
    ['turn=90&rect=0,0,100,200', 'turn 1, extract 0,0 100x200, = 100x200'],
    ['turn=90&rect=0,0,100,200&or=90', 'turn 2, extract 3800,0 200x100, = 200x100'],
    ['turn=90', 'turn 2, = 4000x3000', { orientation: 6 }],
    ['turn=raw', '= 4000x3000', { orientation: 6 }],
    ['turn=raw90h', 'turn 1 mirror, = 3000x4000', { orientation: 6 }],
    ['turn=raw&rect=0,0,100,200', 'extract 0,0 100x200, = 100x200', { orientation: 6 }],
  ],
  'rect by ratio and room': [
    ['rect=center,middle,1:1', 'extract 500,0 3000x3000, = 3000x3000'],
    ['rect=left,top,16:9', 'extract 0,0 4000x2250, = 4000x2250'],
    ['rect=30p,60p,1000,1000', 'extract 900,1200 1000x1000, = 1000x1000'],
  ],
  'fit=crop': [
    ['w=640&h=640&fit=crop', 'resize 853x640, cut 107,0 640x640, = 640x640'],
    ['w=640&h=640&fit=crop&crop=top,left', 'resize 853x640, cut 0,0 640x640, = 640x640'],
    ['w=640&h=640&fit=crop&crop=bottom,right', 'resize 853x640, cut 213,0 640x640, = 640x640'],
    ['w=640&h=160&fit=crop', 'resize 640x480, cut 0,160 640x160, = 640x160'],
    ['w=640&h=160&fit=crop&crop=top', 'resize 640x480, cut 0,0 640x160, = 640x160'],
    ['w=640&h=160&fit=crop&crop=bottom', 'resize 640x480, cut 0,320 640x160, = 640x160'],
    ['w=640&h=160&fit=crop&crop=focalpoint&fp-y=0.75', 'resize 640x480, cut 0,280 640x160, = 640x160'],
    ['w=640&h=160&fit=crop&crop=focalpoint&fp-y=0.9', 'resize 640x480, cut 0,320 640x160, = 640x160'],
    ['w=640&h=640&fit=crop&crop=entropy', 'resize 853x640, entropy 640x640, = 640x640'],
    ['w=640&h=640&fit=crop&crop=edges', 'resize 853x640, attention 640x640, = 640x640'],
    ['w=640&h=480&fit=crop&crop=entropy', 'resize 640x480, = 640x480'],
    ['w=5000&h=5000&fit=crop', 'resize 6667x5000, cut 834,0 5000x5000, = 5000x5000'],
    ['ar=1:1&fit=crop', 'cut 500,0 3000x3000, = 3000x3000'],
    ['ar=4:3&fit=crop', '= 4000x3000'],
    ['w=0.5&ar=2:1&fit=crop', 'resize 2000x1500, cut 0,250 2000x1000, = 2000x1000'],
    [
      'w=100&h=8000&fit=crop&crop=entropy',
      'extract 4000,0 1x10, resize 100x8000, = 100x8000',
      { width: 8000, height: 10 },
    ],
  ],
  'fit=min': [
    ['w=640&h=640&fit=min', 'resize 853x640, cut 107,0 640x640, = 640x640'],
    ['w=8000&h=8000&fit=min', 'cut 500,0 3000x3000, = 3000x3000'],
    ['w=8000&h=1000&fit=min', 'cut 0,1250 4000x500, = 4000x500'],
  ],
  'fit=fill': [
    ['w=640&h=640&fit=fill', 'resize 640x480, background 80 0 80 0, = 640x640'],
    ['w=641&h=480&fit=fill', 'resize 640x480, background 0 1 0 0, = 641x480'],
    ['w=8000&h=8000&fit=fill', 'resize 8000x6000, background 1000 0 1000 0, = 8000x8000'],
    ['w=640&h=480&fit=fill', 'resize 640x480, = 640x480'],
  ],
  'fit=fillmax': [
    ['w=8000&h=8000&fit=fillmax', 'background 2500 2000 2500 2000, = 8000x8000'],
    ['w=640&h=640&fit=fillmax', 'resize 640x480, background 80 0 80 0, = 640x640'],
  ],
  'fit=clamp': [
    ['w=640&h=640&fit=clamp', 'resize 640x480, edge 80 0 80 0, = 640x640'],
    ['w=8000&h=8000&fit=clamp', 'resize 8000x6000, edge 1000 0 1000 0, = 8000x8000'],
  ],
  orientation: [
    ['w=300', 'turn 1, resize 300x400, = 300x400', { orientation: 6 }],
    ['w=300', 'turn 1 mirror, resize 300x400, = 300x400', { orientation: 5 }],
    ['w=400', 'turn 0 mirror, resize 400x300, = 400x300', { orientation: 2 }],
    ['w=400&or=1', 'resize 400x300, = 400x300', { orientation: 6 }],
    ['or=0', '= 4000x3000', { orientation: 6 }],
    ['w=300&or=8', 'turn 3, resize 300x400, = 300x400'],
    ['w=400&or=90', 'turn 2, resize 400x300, = 400x300', { orientation: 6 }],
  ],
  rect: [
    ['rect=100,200,300,400', 'extract 100,200 300x400, = 300x400'],
    ['rect=center,middle,0.5,0.5', 'extract 1000,750 2000x1500, = 2000x1500'],
    ['rect=right,bottom,1000,1000', 'extract 3000,2000 1000x1000, = 1000x1000'],
    ['rect=3900,0,500,full', 'extract 3900,0 100x3000, = 100x3000'],
    ['rect=3999,2999,10,10', 'extract 3999,2999 1x1, = 1x1'],
    ['rect=0.5,0,0.5,full&w=0.5', 'extract 2000,0 2000x3000, resize 1000x1500, = 1000x1500'],
    ['rect=0,0,100,200', 'turn 1, extract 0,0 100x200, = 100x200', { orientation: 6 }],
    ['rect=0,0,100,200&or=90', 'turn 1, extract 2800,0 200x100, = 200x100'],
    ['rect=0,0,100,200&or=1', 'extract 0,2900 200x100, = 200x100', { orientation: 6 }],
  ],
  'rot and flip': [
    ['w=400&rot=90', 'turn 3, resize 400x533, cut 0,117 400x300, = 400x300'],
    ['w=400&rot=270', 'turn 1, resize 400x533, cut 0,117 400x300, = 400x300'],
    ['w=300&h=300&fit=crop&rot=90', 'turn 3, resize 300x400, cut 0,50 300x300, = 300x300'],
    [
      'w=300&h=200&fit=crop&crop=entropy&rot=90',
      'turn 3, resize 338x450, entropy 300x450, keep 0,125 300x200, = 300x200',
    ],
    ['w=4000&h=100&fit=crop&rot=90', 'turn 3, extract 1450,1998 100x3, resize 4000x100, = 4000x100'],
    ['w=400&rot=90&rot-type=pivot', 'turn 3, resize 300x400, = 300x400'],
    ['w=400&rot=180', 'turn 2, resize 400x300, = 400x300'],
    ['w=400&flip=h', 'resize 400x300, flip h, = 400x300'],
    ['w=400&rot=90&rot-type=pivot&flip=h', 'turn 3, resize 300x400, flip v, = 300x400'],
    ['w=300&rot=90&rot-type=pivot', 'resize 400x300, = 400x300', { orientation: 6 }],
    [
      'w=640&h=160&fit=crop&crop=top&rot=270&rot-type=pivot',
      'turn 1, resize 480x640, cut 320,0 160x640, = 160x640',
    ],
    ['w=641&h=480&fit=fill&rot=270&rot-type=pivot', 'turn 1, resize 480x640, background 0 0 1 0, = 480x641'],
    ['w=400&h=400&fit=scale&rot=45', 'resize 570x570, rotate 315 cut 400x400, = 400x400'],
    ['w=400&rot=30&rot-type=pivot', 'resize 400x300, rotate 330 cut 496x459, = 496x459'],
    ['w=8192&rot=315&rot-type=pivot', 'resize 6620x4965, rotate 45 cut 8191x8191, = 8191x8191'],
    ['w=400&rot=30', 'resize 618x464, rotate 330 cut 400x300, = 400x300'],
  ],
  'an SVG of 100 by 50': [
    ['', '= 100x50', { format: 'svg', width: 100, height: 50 }],
    ['w=500', 'draw 5, resize 500x250, = 500x250', { format: 'svg', width: 100, height: 50 }],
    [
      'rect=0,0,0.5,1.0&w=500',
      'draw 10, extract 0,0 500x500, resize 500x500, = 500x500',
      { format: 'svg', width: 100, height: 50 },
    ],
    [
      'w=8192&h=8192&fit=scale',
      'draw 81.92, resize 8192x8192, = 8192x8192',
      { format: 'svg', width: 100, height: 50 },
    ],
    ['', 'draw 0.4096, resize 8192x4096, = 8192x4096', { format: 'svg', width: 20_000, height: 10_000 }],
    [
      'w=200&h=300&fit=crop&enlarge=no',
      'draw 0.8192, extract 4014,0 164x81, resize 200x100, = 200x100',
      { format: 'svg', width: 10_000, height: 100 },
    ],
    [
      'w=200&h=300&fit=crop&crop=entropy&enlarge=no',
      'draw 0.8192, extract 4014,0 164x81, resize 200x100, = 200x100',
      { format: 'svg', width: 10_000, height: 100 },
    ],
  ],
  'an SVG of 50 by 25 mm, 189 by 94 pixels': [
    ...(
      [
        ['', '= 189x94'],
        ['w=300', 'draw 1.5957, resize 300x150, = 300x150'],
        ['w=2000', 'draw 10.6382, resize 2000x1000, = 2000x1000'],
        ['h=50&turn=90', 'draw 0.2659, turn 1, resize 25x50, = 25x50'],
        ['w=300&h=300&fit=fill', 'draw 1.5957, resize 300x150, background 75 0 75 0, = 300x300'],
        ['w=300&h=300&fit=crop', 'draw 3.1914, resize 600x300, cut 150,0 300x300, = 300x300'],
      ] as const
    ).map(
      ([query, steps]) =>
        [
          query,
          steps,
          { format: 'svg', width: 189, height: 94, exact: { width: 188.976, height: 94.488 } },
        ] as const,
    ),
  ],
}

describe.each(Object.entries(table))('%s', (_name, rows) => {
  for (const [query, steps, facts] of rows) {
    test(`${query}: ${steps}`, () => {
      expect(told(plan(exact(parse(query), client), photo(facts)))).toBe(steps)
    })
  }
})
