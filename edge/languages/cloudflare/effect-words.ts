// Cloudflare's options of effects and delivery.
import { gain, gammaOf, percentOf } from '../shared/effects.ts'
import { given, number, shown, whole } from '../shared/values.ts'
import { ignored, type Word } from '../shared/words.ts'
import { type CloudflareAsked, pixels } from './readers.ts'

export const effectWords: readonly Word<CloudflareAsked>[] = [
  {
    name: 'blur',
    takes: 'a number from 0 to 250',
    becomes: '`blur` times ten',
    differs: 'The radius is taken as the sigma of the blur; beyond 200 it is 200.',
    when: /[1-9]/,
    read: (text) =>
      given(number(text, 0, 250), (radius) => ({
        native: { blur: shown(Math.min(2000, Math.round(radius * 10))) },
      })),
  },
  {
    name: 'sharpen',
    takes: 'a number from 0 to 10',
    becomes: '`sharp` times ten',
    read: (text) => given(number(text, 0, 10), (strength) => ({ native: { sharp: shown(strength * 10) } })),
  },
  {
    name: 'brightness',
    takes: 'a factor from 0 to 100',
    becomes: '`gain`',
    needs: 'gain=2',
    read: (text) => given(number(text, 0, 100), (factor) => ({ native: gain(factor) })),
  },
  {
    name: 'contrast',
    takes: 'a factor from 0 to 2',
    becomes: '`con`: so many percent more or less than 1',
    needs: 'con=1',
    read: (text) => given(number(text, 0, 2), (factor) => ({ native: percentOf('con', factor) })),
  },
  {
    name: 'gamma',
    takes: 'a factor from 0.25 to 4, or 0',
    becomes: '`gam`',
    needs: 'gam=1',
    idle: ['0'],
    read: (text) => given(number(text, 0.25, 4), (factor) => ({ native: gammaOf(factor) })),
  },
  {
    name: 'saturation',
    takes: 'a factor from 0 to 2',
    becomes: '`sat`: so many percent more or less than 1',
    needs: 'sat=1',
    read: (text) => given(number(text, 0, 2), (factor) => ({ native: percentOf('sat', factor) })),
  },
  ignored('compression', 'fast'),
  ignored(
    'onerror',
    'redirect',
    'Nothing is redirected: the failure is told, with the picture that `fallback` of the source names.',
  ),
  {
    name: 'wdesktop',
    takes: pixels,
    becomes: '`w` beside `width=auto`',
    read: (text) => given(whole(text, 1, 8192), (desktop) => ({ desktop })),
  },
  ignored('wmobile', 'pixels'),
  ignored('wbreakpoints', 'pixels, divided by ;'),
  { name: 'upscale', takes: 'interpolate or generate', idle: ['interpolate'], why: 'model' },
  { name: 'segment', takes: 'foreground', why: 'model' },
  { name: 'border', takes: 'nothing: it is not available in URLs', why: 'script' },
  { name: 'draw', takes: 'nothing: it is not available in URLs', why: 'script' },
]
