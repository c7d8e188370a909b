// weserv's keys of colour, format and delivery.
import { blur, gammaOf, hue, percent } from '../shared/effects.ts'
import { clamp, given, lookUp, number, shown, whole } from '../shared/values.ts'
import { ignored, unwritten, type Word } from '../shared/words.ts'
import { colour, delay, filter, isTrue, modulate, outputs, saturation, type WeservAsked } from './readers.ts'

export const otherWords: readonly Word<WeservAsked>[] = [
  {
    name: 'bg',
    takes: 'a colour',
    becomes: '`bg`',
    read: (text) => given(colour(text), (background) => ({ background })) ?? {},
  },
  {
    name: 'blur',
    takes: 'nothing, or a sigma from 0.3 to 1000',
    becomes: '`blur` times ten, up to a sigma of 200',
    read: (text) => ({ native: blur(number(text, 0.3, 1000) ?? 0.8) }),
  },
  {
    name: 'bri',
    takes: 'an integer from -100 to 100',
    becomes: '`bri`',
    needs: 'bri=1',
    read: (text) => given(whole(text, -100, 100), (value) => ({ native: percent('bri', value) })) ?? {},
  },
  {
    name: 'con',
    takes: 'an integer from -100 to 100',
    becomes: '`con`',
    needs: 'con=1',
    read: (text) => given(whole(text, -100, 100), (value) => ({ native: percent('con', value) })) ?? {},
  },
  {
    name: 'filt',
    takes: 'one of greyscale, sepia, duotone, negate',
    becomes: '`sat=-100`, `sepia=100`, `duotone`, `invert`',
    needs: 'sat=-100&sepia=100&duotone=000,fff&invert=true',
    read: filter,
  },
  {
    name: 'start',
    takes: 'a colour',
    becomes: '`duotone`',
    read: (text) => given(colour(text), (start) => ({ native: { start } })) ?? {},
  },
  {
    name: 'stop',
    takes: 'a colour',
    becomes: '`duotone`',
    read: (text) => given(colour(text), (stop) => ({ native: { stop } })) ?? {},
  },
  {
    name: 'gam',
    takes: 'a number from 1 to 3, 2.2 when bare',
    becomes: '`gam`',
    needs: 'gam=1',
    read: (text) => ({ native: gammaOf(number(text, 1, 3) ?? 2.2) }),
  },
  {
    name: 'mod',
    takes: 'brightness,saturation,hue',
    becomes: '`gain`, `sat`, `hue`',
    needs: 'gain=2&sat=1&hue=1',
    differs: 'A saturation beyond 2 is 2.',
    when: /^[^,]*,[2-9]/,
    read: modulate,
  },
  {
    name: 'sat',
    takes: 'a factor from 0',
    becomes: '`sat`',
    needs: 'sat=1',
    read: (text) => given(number(text, 0, 10_000), (factor) => ({ native: saturation(factor) })) ?? {},
  },
  {
    name: 'hue',
    takes: 'degrees',
    becomes: '`hue`',
    needs: 'hue=1',
    read: (text) => given(number(text, -100_000, 100_000), (degrees) => ({ native: hue(degrees) })) ?? {},
  },
  {
    name: 'sharp',
    takes: 'nothing, a sigma from 0.000001 to 10, or flat,jagged,sigma',
    becomes: '`sharp`',
    differs:
      'Sharpening has one radius: a larger sigma sharpens more, not wider; flat and jagged amounts do not count.',
    read(text) {
      const sigma = number(text.split(',').at(-1) ?? '', 0.000001, 10)
      return { native: { sharp: shown(sigma === undefined ? 20 : clamp(sigma * 25, 0, 100)) } }
    },
  },
  ignored('sharpf', 'a number') as Word<WeservAsked>,
  ignored('sharpj', 'a number'),
  {
    name: 'tint',
    takes: 'a colour',
    becomes: '`monochrome`',
    needs: 'monochrome=ff112233',
    read: (text) => given(colour(text), (tint) => ({ native: { monochrome: tint } })) ?? {},
  },
  {
    name: 'output',
    takes: 'one of jpg, png, gif, webp, avif, json',
    becomes: '`fm`',
    refuses: unwritten(['tiff', 'tif', 'jxl']),
    read: (text) => given(lookUp(outputs, text), (output) => ({ output })),
  },
  {
    name: 'q',
    aliases: ['quality'],
    takes: 'an integer from 1 to 100',
    becomes: '`q`',
    differs: 'A number means what looks the same in every format.',
    read: (text) => given(whole(text, 1, 100), (quality) => ({ native: { q: shown(quality) } })) ?? {},
  },
  ignored('l', 'an integer from 0 to 9', 'A PNG is as small as we can make it.'),
  ignored('level', 'an integer from 0 to 9'),
  ignored('af', 'true or false'),
  {
    name: 'il',
    takes: 'true or false',
    becomes: 'a progressive JPEG',
    differs: 'PNG and GIF are not interlaced.',
    read: (text) => ({ isInterlaced: isTrue(text) }),
  },
  {
    name: 'll',
    aliases: ['lossless'],
    takes: 'true or false',
    becomes: '`lossless`',
    read: (text) => ({ isLossless: isTrue(text) }),
  },
  {
    name: 'page',
    takes: 'an index from 0',
    becomes: '`page`, `frame`',
    refuses: { source: ['-1', '-2'] },
    read: (text) => given(whole(text, 0, 99_999), (page) => ({ page })) ?? {},
  },
  {
    name: 'n',
    aliases: ['pages'],
    takes: 'a number of pages or frames, -1 for all',
    becomes: '`frame`; nothing for -1',
    read: (text) =>
      text === '-1' ? { isAnimated: true } : (given(whole(text, 1, 99_999), (count) => ({ count })) ?? {}),
  },
  {
    name: 'loop',
    takes: 'an integer from 0',
    becomes: '`loop`',
    needs: 'loop=2',
    read: (text) => given(whole(text, 0, 65_535), (loop) => ({ native: { loop: shown(loop) } })) ?? {},
  },
  {
    name: 'delay',
    takes: 'milliseconds from 17 to 10000',
    becomes: '`fps`',
    differs: 'A list, which gives each frame its own, is refused.',
    when: /(?!)/,
    read: delay,
  },
  ignored('fsol', 'true or false'),
  {
    name: 'default',
    aliases: ['errorredirect'],
    takes: 'an address of a configured source',
    becomes: 'the picture that is shown where there is none',
    differs: 'Nothing is redirected: the status tells the failure, and the body is the other picture.',
    idle: ['1', ''],
    read: (text) => ({ fallback: text }),
  },
  {
    name: 'filename',
    takes: 'letters and digits',
    becomes: 'the name under which a browser saves it',
    read: (text) => (/^[a-z0-9]{1,78}$/i.test(text) ? { name: text } : {}),
  },
  {
    name: 'encoding',
    takes: 'base64',
    becomes: 'the answer as a `data:` address',
    read: (text) => (text === 'base64' ? { isEncoded: true } : {}),
  },
  ignored('maxage', 'a time', 'How long an answer is fresh is said by its source.'),
]
