// The rows of the table of options that choose among the frames of an animation, or the pages of a document.
import { decimal, flag, integer } from '../options/kinds.ts'
import { frames } from '../options/kinds-film.ts'
import type { Rows } from '../options/option-types.ts'

const section = 'Animation'
const needs = 'an animated result'

export const filmRows = {
  frame: {
    key: 'frame',
    kind: frames,
    section,
    about:
      'Of an animation one frame as a still picture, counted from 1 (`5`), or a part of it as an animation (`2-8`). The last one stands for frames that there are not.',
    example: { value: '8', sample: 'dance.gif' },
  },
  page: {
    key: 'page',
    kind: integer(1, 100_000),
    section,
    default: 1,
    about: 'The page of a source of several pages (TIFF, PDF) that is shown.',
    example: { value: '2', same: 'None of the samples has several pages.' },
  },
  time: {
    key: 'time',
    kind: decimal(0, 86_400),
    section,
    default: 0,
    about:
      'Of a film (MP4, QuickTime, WebM) the moment that is shown as a picture, in seconds from its start; its end stands for what is behind it. ffmpeg must be installed.',
    example: { value: '2', same: 'None of the samples is a film.' },
  },
  loop: {
    key: 'loop',
    kind: integer(0, 65_535),
    section,
    needs,
    about: 'How many times it is played; 0 is for ever. As the source says where it is not given.',
    example: { value: '1', sample: 'dance.gif' },
  },
  fps: {
    key: 'fps',
    kind: decimal(0.1, 60),
    section,
    needs,
    about: 'Frames a second, instead of the times of the source.',
    example: { value: '4', sample: 'dance.gif' },
  },
  interval: {
    key: 'interval',
    kind: integer(1, 1000),
    section,
    default: 1,
    needs,
    about: 'Keeps every so many-th frame, from the first on; each is shown as long as those it stands for.',
    example: { value: '4', sample: 'dance.gif' },
  },
  skip: {
    key: 'skip',
    kind: integer(2, 1000),
    section,
    needs,
    about: 'Drops every so many-th frame; the one before it is shown as long as both.',
    example: { value: '2', sample: 'dance.gif' },
  },
  reverse: {
    key: 'reverse',
    kind: flag,
    section,
    default: false,
    needs,
    about: 'Plays it backwards.',
    example: { value: 'true', sample: 'dance.gif' },
  },
} satisfies Rows
