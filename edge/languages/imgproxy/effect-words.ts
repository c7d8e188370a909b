// imgproxy's options of colour, effects and watermarks.
import { blur, pixelate } from '../shared/effects.ts'
import { clamp, given, number, shown, whole } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { background, duotone, type ImgproxyAsked, members, monochrome, named, tone } from './readers.ts'

export const effectWords: readonly Word<ImgproxyAsked>[] = [
  {
    name: 'background',
    aliases: ['bg'],
    takes: 'a hex colour or R:G:B, or nothing',
    becomes: '`bg`',
    idle: [''],
    read: (text) => given(background(text), (bg) => ({ native: { bg } })),
  },
  ...named('background_alpha', ['bga'], 'a number from 0 to 1', ['1']),
  {
    name: 'brightness',
    aliases: ['br'],
    takes: 'an integer from -255 to 255',
    becomes: '`bri` in percent',
    needs: 'bri=1',
    read: (text) => given(whole(text, -255, 255), (value) => ({ native: tone('bri', value / 2.55) })),
  },
  {
    name: 'contrast',
    takes: 'a factor from 0 to 2',
    becomes: '`con`',
    needs: 'con=1',
    read: (text) => given(number(text, 0, 2), (value) => ({ native: tone('con', (value - 1) * 100) })),
  },
  {
    name: 'saturation',
    aliases: ['sa'],
    takes: 'a factor from 0 to 2',
    becomes: '`sat`',
    needs: 'sat=1',
    read: (text) => given(number(text, 0, 2), (value) => ({ native: tone('sat', (value - 1) * 100) })),
  },
  {
    name: 'adjust',
    aliases: ['a'],
    takes: 'brightness:contrast:saturation',
    becomes: '`bri`, `con`, `sat`',
    needs: 'bri=1&con=1&sat=1',
    read: (text) =>
      members(text, [
        (part) => given(whole(part, -255, 255), (value) => ({ native: tone('bri', value / 2.55) })),
        (part) => given(number(part, 0, 2), (value) => ({ native: tone('con', (value - 1) * 100) })),
        (part) => given(number(part, 0, 2), (value) => ({ native: tone('sat', (value - 1) * 100) })),
      ]),
  },
  {
    name: 'monochrome',
    aliases: ['mc'],
    takes: 'an intensity from 0 to 1, then a colour',
    becomes: '`monochrome`',
    needs: 'monochrome=ff112233',
    read: monochrome,
  },
  {
    name: 'duotone',
    aliases: ['dt'],
    takes: 'an intensity from 0 to 1, then a dark and a light colour',
    becomes: '`duotone`, `duotone-alpha`',
    needs: 'duotone=000,fff&duotone-alpha=50',
    read: duotone,
  },
  {
    name: 'blur',
    aliases: ['bl'],
    takes: 'a sigma from 0',
    becomes: '`blur` times ten, up to a sigma of 200',
    read: (text) => given(number(text, 0, 10_000), (sigma) => ({ native: blur(sigma) })),
  },
  {
    name: 'sharpen',
    aliases: ['sh'],
    takes: 'a sigma from 0',
    becomes: '`sharp` times 25',
    differs: 'Our sharpening has one radius: a larger sigma sharpens more, not wider.',
    read: (text) =>
      given(number(text, 0, 100), (sigma) => ({
        native: sigma > 0 ? { sharp: shown(clamp(sigma * 25, 0, 100)) } : {},
      })),
  },
  {
    name: 'pixelate',
    aliases: ['pix'],
    takes: 'a size of blocks from 0',
    becomes: '`px`, up to 100',
    read: (text) => given(whole(text, 0, 100_000), (block) => ({ native: pixelate(block) })),
  },
  ...named('unsharp_masking', ['ush'], 'a mode, a weight and a divider'),
  ...named('blur_areas', ['ba'], 'a sigma and areas'),
  ...named('progressive_blur', ['pbl'], 'a sigma and a direction'),
  ...named('blur_detections', ['bd'], 'a sigma and classes'),
  ...named('draw_detections', ['dd'], 'true or false', ['0', 'false', 'f']),
  ...named('colorize', ['col'], 'an opacity and a colour', ['0']),
  ...named('gradient', ['gr'], 'an opacity, a colour and a direction', ['0']),
  ...named('watermark_text', ['wmt'], 'text in Base64', ['']),
  ...named('watermark_shadow', ['wmsh'], 'a sigma', ['0', '']),
  ...named('style', ['st'], 'CSS in Base64', ['']),
]
