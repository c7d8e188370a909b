// The rows of the table of options that say what of a picture is shown, how large, and which way up.
import { decimal, fallingThrough, length, listOf, oneOf, same } from './kinds.ts'
import { ratio, region, turn } from './kinds-place.ts'
import { maxSide, type Rows } from './option-types.ts'

export const placeRows = {
  width: {
    key: 'w',
    aliases: ['width'],
    kind: length(maxSide),
    section: 'Size',
    about: 'Width of the result: pixels, or a share of the width of the source (of `rect`, where given).',
  },
  height: {
    key: 'h',
    aliases: ['height'],
    kind: length(maxSide),
    section: 'Size',
    about: 'Height of the result: pixels, or a share of the height of the source (of `rect`, where given).',
  },
  aspect: {
    key: 'ar',
    kind: ratio,
    section: 'Size',
    needs: '`fit=crop`',
    about:
      'Ratio of the result; derives the side that is not given. With neither side, cuts the source to it.',
  },
  dpr: {
    key: 'dpr',
    kind: decimal(0.0001, 5, 'a number above 0 and up to 5'),
    section: 'Size',
    default: 1,
    needs: '`w` or `h`',
    about: 'Multiplies `w` and `h`. A result that would pass 8192 pixels keeps its ratio and stops there.',
  },
  fit: {
    key: 'fit',
    aliases: ['f'],
    kind: fallingThrough(
      'facearea',
      oneOf(same('clip', 'clamp', 'cover', 'crop', 'fill', 'fillmax', 'max', 'min', 'scale'), ['facearea']),
    ),
    section: 'Size',
    default: 'clip',
    needs: '`w` or `h`',
    about: 'How the picture meets its frame; see the table of fit modes.',
  },
  enlarge: {
    key: 'enlarge',
    kind: oneOf(same('no', 'fill')),
    section: 'Size',
    needs: '`fit=scale` or `fit=crop`, `w` and `h`',
    about:
      'What becomes of a side that the source is too small for: `no` leaves it as it is, `fill` paints the rest in `bg`.',
  },
  crop: {
    key: 'crop',
    kind: fallingThrough(
      'faces',
      listOf(same('top', 'bottom', 'left', 'right', 'focalpoint', 'entropy', 'attention', 'edges'), [
        'faces',
      ]),
    ),
    section: 'Crop',
    needs: '`fit=crop`',
    about:
      'Which part survives; the centre when not given. Positions combine (`top,left`). Nobody looks for faces: of `faces,entropy` the next word counts.',
  },
  focalX: {
    key: 'fp-x',
    kind: decimal(0, 1),
    section: 'Crop',
    default: 0.5,
    needs: '`crop=focalpoint`',
    about: 'The point to keep in the middle, from the left edge (0) to the right edge (1).',
  },
  focalY: {
    key: 'fp-y',
    kind: decimal(0, 1),
    section: 'Crop',
    default: 0.5,
    needs: '`crop=focalpoint`',
    about: 'The point to keep in the middle, from the top edge (0) to the bottom edge (1).',
  },
  region: {
    key: 'rect',
    kind: region,
    section: 'Crop',
    about:
      'Region of the upright source to use, before every other step. What sticks out of the source is left out; a region wholly outside it is an error.',
  },
  cut: {
    key: 'cut',
    kind: region,
    section: 'Crop',
    about:
      'Region of the sized picture to keep, written as `rect` is: after size and crop, before `flip` and `rot`.',
  },
  turn: {
    key: 'turn',
    kind: turn,
    section: 'Orientation',
    about:
      'Turns the upright source clockwise (`90`, `180`, `270`), then mirrors it left-right (`h`), before every other step, `rect` included. After `raw` it is the source as it is stored, without its EXIF orientation.',
  },
  orientation: {
    key: 'or',
    aliases: ['orient'],
    kind: oneOf(same('0', '1', '2', '3', '4', '5', '6', '7', '8', '90', '180', '270')),
    section: 'Orientation',
    about:
      'Overrides the EXIF orientation (0 to 8), or turns the upright picture clockwise by 90, 180 or 270 degrees.',
  },
  rotation: {
    key: 'rot',
    kind: decimal(0, 360),
    section: 'Orientation',
    default: 0,
    about:
      'Turns the picture counter-clockwise in its frame, in degrees, and enlarges it so that it fills the frame, which keeps its size (`or` turns picture and frame together).',
  },
  rotationType: {
    key: 'rot-type',
    aliases: ['rottype', 'rott'],
    kind: oneOf(same('straighten', 'pivot')),
    section: 'Orientation',
    default: 'straighten',
    needs: '`rot`',
    about:
      '`straighten` keeps the frame and fills it; `pivot` turns the frame with the picture, for quarter turns only.',
  },
  flip: {
    key: 'flip',
    kind: oneOf({ h: 'h', v: 'v', hv: 'hv', vh: 'hv' }),
    section: 'Orientation',
    about: 'Mirrors the result, before `rot`: `h` left-right, `v` top-bottom, `hv` both.',
  },
} satisfies Rows
