// An example of each option, for its picture beside the one without it; a test holds that none is missing or idle.

export interface Example {
  readonly value: string
  /** Options that both pictures have because this one needs them, as a query. */
  readonly beside?: string
  /** What both pictures are asked for in, as a query. */
  readonly frame?: string
  readonly sample?: string
  /** Why the picture is the same with it. */
  readonly same?: string
  /** The answer is a text. */
  readonly isText?: true
}

const crop = { beside: 'h=320&fit=crop' }
const point = { beside: 'h=320&fit=crop&crop=focalpoint' }
const trim = { sample: 'badge.png' }
const canvas = { beside: 'h=320&fit=fill' }
const gradient = { beside: 'h=320&fit=fill&fill=gradient' }
const radial = { beside: 'h=320&fit=fill&fill=gradient&fill-gradient-type=radial' }
const duotone = { beside: 'duotone=1c1a24,ff8cc3' }
const clear = { sample: 'badge.png' }
const grid = { ...clear, beside: 'transparency=grid' }
const corners = { beside: 'mask=corners' }
const border = { beside: 'border=12,d92f86' }
const picture = { beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' }
const mark = { beside: 'mark=/badge.png&mark-w=80' }
const words = { beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' }
const moving = { sample: 'dance.gif' }
const told = { isText: true } as const
/** Of a person there is no sample. */
const faceless = { sample: 'portrait.jpg', same: 'The samples show no face.' } as const

export const examples: Readonly<Record<string, Example>> = {
  w: { value: '160', frame: 'fm=webp' },
  h: { value: '160', frame: 'fm=webp' },
  ar: { value: '1:1', beside: 'fit=crop' },
  dpr: { value: '2' },
  fit: { value: 'crop', beside: 'h=320' },
  enlarge: { value: 'no', sample: 'dance.gif', beside: 'h=300&fit=crop', frame: 'w=400&fm=webp' },
  kernel: { value: 'nearest' },
  'min-w': { value: '300', beside: 'h=160&fit=crop', frame: 'fm=webp' },
  'max-w': { value: '160', beside: 'h=200&fit=crop', frame: 'fm=webp' },
  'min-h': { value: '300', beside: 'fit=crop' },
  'max-h': { value: '120', beside: 'fit=crop' },
  rect: { value: 'center,middle,0.5,0.5' },
  trim: { ...trim, value: 'alpha' },
  'trim-color': { ...trim, value: 'd92f86', beside: 'trim=color' },
  'trim-tol': { value: '60', beside: 'trim=color', sample: 'graphics.png' },
  'trim-alpha': { ...trim, value: '200', beside: 'trim=alpha' },
  'trim-md': { value: '80', beside: 'trim=auto&trim-sd=80' },
  'trim-sd': { value: '80', beside: 'trim=auto&trim-md=80' },
  'trim-pad': { ...trim, value: '20', beside: 'trim=alpha' },
  crop: { ...crop, value: 'left' },
  'fp-x': { ...point, value: '0.1' },
  'fp-y': { ...point, value: '0.9', beside: 'h=120&fit=crop&crop=focalpoint' },
  'fp-z': { ...point, value: '3' },
  cut: { value: 'left,top,0.5,0.5' },
  turn: { value: '90' },
  or: { value: '180' },
  flip: { value: 'h' },
  rot: { value: '10' },
  'rot-type': { value: 'pivot', beside: 'rot=90' },
  enhance: { value: 'true' },
  exp: { value: '40' },
  balance: { value: '25,0,-25' },
  threshold: { value: '50' },
  opacity: { value: '40' },
  gain: { value: '1.5' },
  bri: { value: '25' },
  con: { value: '50' },
  gam: { value: '50' },
  high: { value: '-80' },
  shad: { value: '80' },
  sat: { value: '-80' },
  vib: { value: '80' },
  hue: { value: '120' },
  invert: { value: 'true' },
  monochrome: { value: 'd92f86' },
  sepia: { value: '80' },
  duotone: { value: '1c1a24,ff8cc3' },
  'duotone-alpha': { ...duotone, value: '40' },
  blur: { value: '80' },
  sharp: { value: '50' },
  usm: { value: '80' },
  usmrad: { value: '20', beside: 'usm=60' },
  px: { value: '12' },
  htn: { value: '8' },
  hide: { value: 'center,middle,0.4,0.4' },
  'hide-by': { value: 'blur', beside: 'hide=center,middle,0.4,0.4' },
  fill: { ...canvas, value: 'blur' },
  'fill-color': { ...canvas, value: 'd92f86' },
  'fill-align': { ...canvas, value: 'top', beside: 'h=320&fit=fill&fill-color=d92f86' },
  'fill-gradient-type': { ...gradient, value: 'radial' },
  'fill-gradient-cs': { value: 'oklab', beside: `${gradient.beside}&fill-gradient-linear=e8563a,6a4df5` },
  'fill-gradient-linear': { ...gradient, value: 'e8563a,6a4df5' },
  'fill-gradient-linear-direction': {
    value: 'left,right',
    beside: `${gradient.beside}&fill-gradient-linear=e8563a,6a4df5`,
  },
  'fill-gradient-radial': { ...radial, value: 'e8563a,6a4df5' },
  'fill-gradient-radial-radius': { ...radial, value: '0.1,0.9' },
  'fill-gradient-radial-x': { ...radial, value: '0.1' },
  'fill-gradient-radial-y': { ...radial, value: '0.1' },
  transparency: { ...clear, value: 'grid' },
  'grid-colors': { ...grid, value: 'ffd8ec,ffffff' },
  'grid-size': { ...grid, value: '20' },
  bg: { ...clear, value: 'd92f86' },
  mask: { value: 'ellipse' },
  'corner-radius': { ...corners, value: '100' },
  'mask-bg': { value: 'd92f86', beside: 'mask=ellipse' },
  border: { value: '12,d92f86' },
  'border-top': { ...border, value: '60' },
  'border-right': { ...border, value: '60' },
  'border-bottom': { ...border, value: '60' },
  'border-left': { ...border, value: '60' },
  'border-radius': { ...border, value: '40' },
  'border-radius-inner': { ...border, value: '40' },
  pad: { value: '30', beside: 'bg=d92f86' },
  'pad-top': { value: '60', beside: 'bg=d92f86' },
  'pad-right': { value: '60', beside: 'bg=d92f86' },
  'pad-bottom': { value: '60', beside: 'bg=d92f86' },
  'pad-left': { value: '60', beside: 'bg=d92f86' },
  blend: { value: '/graphics.png', beside: 'blend-size=inherit' },
  'blend-mode': { value: 'multiply', beside: 'blend=/graphics.png&blend-size=inherit' },
  'blend-alpha': { ...picture, value: '40' },
  'blend-color': { value: '80d92f86' },
  'blend-w': { value: '0.5', beside: 'blend=/graphics.png&blend-mode=normal' },
  'blend-h': { value: '0.5', beside: 'blend=/graphics.png&blend-mode=normal' },
  'blend-fit': { value: 'crop', beside: `${picture.beside}&blend-h=160` },
  'blend-size': { value: 'inherit', beside: 'blend=/badge.png&blend-mode=normal' },
  'blend-align': { ...picture, value: 'bottom,right' },
  'blend-pad': { ...picture, value: '20' },
  'blend-x': { ...picture, value: '80' },
  'blend-y': { ...picture, value: '60' },
  mark: { value: '/badge.png', beside: 'mark-w=80' },
  'mark-base': { value: '/', ...mark, same: 'The mark of the example is in the source itself.' },
  'mark-w': { value: '160', beside: 'mark=/badge.png' },
  'mark-h': { value: '60', beside: 'mark=/badge.png' },
  'mark-fit': { value: 'scale', beside: `${mark.beside}&mark-h=160` },
  'mark-scale': { value: '50', beside: 'mark=/badge.png' },
  'mark-align': { ...mark, value: 'top,left' },
  'mark-pad': { ...mark, value: '40' },
  'mark-x': { ...mark, value: '120' },
  'mark-y': { ...mark, value: '40' },
  'mark-alpha': { ...mark, value: '40' },
  'mark-rot': { ...mark, value: '45' },
  'mark-tile': { ...mark, value: 'grid' },
  'mark-if-min-width': { ...mark, value: '1000' },
  'mark-if-min-height': { ...mark, value: '1000' },
  txt: { value: 'Halftone', beside: 'txt-size=40&txt-color=ffffff' },
  'txt-font': { ...words, value: 'serif,bold' },
  'txt-size': { value: '60', beside: 'txt=Halftone&txt-color=ffffff' },
  'txt-color': { value: 'ff8cc3', beside: 'txt=Halftone&txt-size=40' },
  'txt-align': { ...words, value: 'top,left' },
  'txt-pad': { ...words, value: '40' },
  'txt-x': { ...words, value: '20' },
  'txt-y': { ...words, value: '20' },
  'txt-width': { value: '160', beside: 'txt=The smallest good picture&txt-size=24&txt-color=ffffff' },
  'txt-fit': { ...words, value: 'max' },
  'txt-line': { ...words, value: '3' },
  'txt-line-color': { value: 'd92f86', beside: `${words.beside}&txt-line=3` },
  'txt-shad': { ...words, value: '6' },
  'txt-bg': { ...words, value: 'd92f86' },
  'txt-lead': {
    value: '30',
    beside: 'txt=The smallest good picture&txt-size=32&txt-color=ffffff&txt-width=240',
  },
  'txt-track': { ...words, value: '6' },
  frame: { ...moving, value: '8' },
  page: { value: '2', same: 'None of the samples has several pages.' },
  time: { value: '2', same: 'None of the samples is a film.' },
  loop: { ...moving, value: '1' },
  fps: { ...moving, value: '4' },
  interval: { ...moving, value: '4' },
  skip: { ...moving, value: '2' },
  reverse: { ...moving, value: 'true' },
  fm: { value: 'avif', frame: 'w=320' },
  q: { value: '10' },
  lossless: { value: 'true', sample: 'graphics.png' },
  cs: { value: 'p3', beside: 'fm=jpg', frame: 'w=320' },
  chromasub: { value: '444', beside: 'fm=jpg', frame: 'w=320' },
  colorquant: { value: '8', sample: 'graphics.png', beside: 'fm=png', frame: 'w=320' },
  'max-bytes': { value: '3000' },
  meta: { value: 'all', sample: 'portrait.jpg' },
  iptc: { value: 'allow', beside: 'fm=jpg', frame: 'w=320', same: 'The samples have no such data.' },
  'jpg-progressive': { value: 'true', beside: 'fm=jpg', frame: 'w=320' },
  placeholder: { ...told, value: 'blurhash' },
  palette: { ...told, value: 'css' },
  details: { ...told, value: 'true', beside: 'fm=json', frame: '' },
  colors: { ...told, value: '3', beside: 'palette=css', frame: 'w=320' },
  prefix: { ...told, value: 'sky', beside: 'palette=css', frame: 'w=320' },
  auto: { value: 'format', frame: 'w=320' },
  ch: { value: 'dpr', same: 'It changes what a browser that sends such hints gets.' },
  expires: { value: '4102444800', same: 'It is a matter of when the address is asked for.' },
  dl: { value: 'sky.webp', same: 'The answer is a download of the same picture.' },
  s: { value: '0', same: 'The samples need no signature.' },
  'face-blur': { ...faceless, value: '80' },
  'face-pixel': { ...faceless, value: '20' },
  faceindex: { ...faceless, value: '1', beside: 'h=320&fit=crop&crop=faces' },
  facepad: { ...faceless, value: '2', beside: 'h=320&fit=crop&crop=faces' },
  faces: { ...told, sample: 'portrait.jpg', value: '1', frame: 'fm=json' },
}

const small = 'w=320&fm=webp'

/** The addresses of the two pictures; undefined for an option that has no example. */
export function pairOf(key: string): { readonly without: string; readonly with: string } | undefined {
  const example = examples[key]
  if (example === undefined) return undefined
  const { value, beside = '', frame = small, sample = 'landscape.jpg' } = example
  const shared = [...new URLSearchParams(`${frame}&${beside}`)]
  const address = (options: readonly (readonly [string, string])[]) =>
    `/samples/${sample}?${options.map(([name, text]) => `${name}=${encoded(text)}`).join('&')}`
  return { without: address(shared), with: address([...shared, [key, value]]) }
}

/** Slashes, commas and colons need no escape in a query, and are read more easily without. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
