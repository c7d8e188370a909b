// imgproxy's options of size, place and turns.
import { inTurn, mirrored, upended } from '../shared/pairs.ts'
import { given, lookUp, number, shown, whole } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { cropOf, gravityOf } from './gravity.ts'
import {
  about,
  args,
  enlarge,
  extendRatio,
  extends_,
  height,
  type ImgproxyAsked,
  isTrue,
  kernels,
  named,
  padding,
  pixels,
  sized,
  trim,
  type,
  width,
} from './readers.ts'

export const sizeWords: readonly Word<ImgproxyAsked>[] = [
  {
    name: 'resize',
    aliases: ['rs'],
    takes: 'type:width:height:enlarge:extend, the type one of fit, fill, fill-down, force, auto',
    becomes: 'as `resizing_type`, `width`, `height`, `enlarge`, `extend`',
    differs: extends_,
    when: /(?!)/,
    read: sized([type, width, height, enlarge]),
  },
  {
    name: 'size',
    aliases: ['s'],
    takes: 'width:height:enlarge:extend',
    becomes: 'as `width`, `height`, `enlarge`, `extend`',
    read: sized([width, height, enlarge]),
  },
  {
    name: 'resizing_type',
    aliases: ['rt'],
    takes: 'one of fit, fill, fill-down, force, auto',
    becomes:
      '`fit` `fit=max`, `fill` `fit=crop&enlarge=no`, `fill-down` `fit=min`, `force` `fit=scale&enlarge=no`, `auto` as `fill` with `adapt=clip`',
    read: type,
  },
  {
    name: 'resizing_algorithm',
    aliases: ['ra'],
    takes: 'one of nearest, linear, cubic, lanczos2, lanczos3',
    becomes: '`kernel`',
    read: (text) => given(lookUp(kernels, text), (kernel) => ({ kernel })),
  },
  { name: 'width', aliases: ['w'], takes: pixels, becomes: '`w`', differs: about, when: /(?!)/, read: width },
  { name: 'height', aliases: ['h'], takes: pixels, becomes: '`h`', read: height },
  {
    name: 'min-width',
    aliases: ['mw', 'min_width'],
    takes: pixels,
    becomes: '`enlarge=only`; `max-h` beside a `width` of the same',
    differs: 'Beside another width or height it is refused.',
    when: /(?!)/,
    idle: ['0'],
    read: (text) => given(whole(text, 1, 8192), (minWidth) => ({ minWidth })),
  },
  {
    name: 'min-height',
    aliases: ['mh', 'min_height'],
    takes: pixels,
    becomes: '`enlarge=only`; `max-w` beside a `height` of the same',
    idle: ['0'],
    read: (text) => given(whole(text, 1, 8192), (minHeight) => ({ minHeight })),
  },
  {
    name: 'zoom',
    aliases: ['z'],
    takes: 'a factor above 0, or one for each axis',
    becomes: 'multiplies `w` and `h`; without them up to 1, as shares',
    read(text) {
      const [x, y = x, ...rest] = args(text).map((part) => number(part, 0.0001, 100))
      return x === undefined || y === undefined || rest.length > 0 ? undefined : { zoom: [x, y] }
    },
  },
  {
    name: 'dpr',
    takes: 'a number above 0 and up to 5',
    becomes: '`dpr`',
    read: (text) => given(number(text, 0.0001, 5), (dpr) => ({ dpr, native: { dpr: shown(dpr) } })),
  },
  {
    name: 'enlarge',
    aliases: ['el'],
    takes: 'true or false',
    becomes: 'the fit modes that enlarge',
    read: enlarge,
  },
  {
    name: 'extend',
    aliases: ['ex'],
    takes: 'true or false, then an edge, a corner or ce',
    becomes: '`fit=fillmax`, `fit=fill`, `enlarge=fill`, `fill-align`',
    differs: extends_,
    when: /(?!)/,
    read: sized([]),
  },
  {
    name: 'extend_aspect_ratio',
    aliases: ['extend_ar', 'exar'],
    takes: 'true or false, then an edge, a corner or ce',
    becomes: '`fit=fill` beside `enlarge`',
    differs: 'Without `enlarge` it is refused.',
    when: /(?!)/,
    read: extendRatio,
  },
  {
    name: 'gravity',
    aliases: ['g'],
    takes: 'no, so, ea, we, noea, nowe, soea, sowe, ce, sm or fp:x:y',
    becomes: '`crop`; `sm` `crop=attention`, `fp` `crop=focalpoint`, `obj:face` `crop=faces,attention`',
    differs:
      'Offsets count beside `crop`, from the left and the top, and are refused elsewhere; so are detected objects other than faces.',
    when: /(?!)/,
    read: (text) => given(gravityOf(text), (gravity) => ({ gravity })),
  },
  {
    name: 'crop',
    aliases: ['c'],
    takes: 'width:height:gravity, each side in pixels, as a share below 1, or 0 for all of it',
    becomes: '`rect`',
    differs: 'What draws attention and offsets from the right and the bottom are refused.',
    when: /(?!)/,
    read: (text) => given(cropOf(text), (crop) => ({ crop })),
  },
  ...named('objects_position', ['obj_pos', 'op'], {
    takes: 'a gravity',
    why: 'step',
    idle: ['ce', 'ce:0:0'],
  }),
  {
    name: 'crop_aspect_ratio',
    aliases: ['crop_ar', 'car'],
    takes: 'a ratio of width to height, then whether the part may grow',
    becomes: '`rect`',
    differs: 'Beside a crop whose sides are not both in pixels it is refused.',
    when: /(?!)/,
    idle: ['0', ''],
    read(text) {
      const [ratio = '', grows = ''] = args(text)
      return given(number(ratio, 0.001, 1000), (cropRatio) => (isTrue(grows) ? undefined : { cropRatio }))
    },
  },
  {
    name: 'crop_objects',
    takes: 'a factor from 1, then face',
    becomes: '`crop=faces`, `facepad`',
    differs: 'The part has the ratio of the box, for which a width and a height are needed.',
    read(text) {
      const [factor = '', ...classes] = args(text)
      if (classes.length !== 1 || classes[0] !== 'face') return undefined
      return given(number(factor || '1', 1, 100), (facePad) => ({ facePad }))
    },
  },
  {
    name: 'trim',
    aliases: ['t'],
    takes: 'a threshold from 0 to 255, then a colour',
    becomes: '`trim=color`, `trim-tol`, `trim-color`; the colour FF00FF `trim=alpha`',
    differs: 'Edges that are to be alike, and a crop beside it, are refused.',
    when: /(?!)/,
    idle: [''],
    read: trim,
  },
  {
    name: 'padding',
    aliases: ['pd'],
    takes: 'pixels from 0 to 4096: top:right:bottom:left',
    becomes: '`pad-top`, `pad-right`, `pad-bottom`, `pad-left`, with as much more of `w` and `h`',
    idle: ['', '0', '0:0:0:0'],
    read: padding,
  },
  {
    name: 'auto_rotate',
    aliases: ['ar'],
    takes: 'true or false',
    becomes: 'false: `turn=raw`',
    read: (text) => ({ isRaw: !isTrue(text) }),
  },
  {
    name: 'rotate',
    aliases: ['rot'],
    takes: 'a multiple of 90',
    becomes: '`or`, or `turn` beside `flip`',
    read: (text) =>
      given(whole(text, -3600, 3600), (rotation) => (rotation % 90 === 0 ? { rotation } : undefined)),
  },
  {
    name: 'flip',
    aliases: ['fl'],
    takes: 'true or false for left-right, then for top-bottom',
    becomes: '`turn`',
    read: (text) => {
      const [across = '', down = '', ...rest] = args(text)
      const orients = [...(isTrue(across) ? [mirrored] : []), ...(isTrue(down) ? [upended] : [])]
      return rest.length > 0 ? undefined : { mirror: inTurn(...orients) }
    },
  },
]
