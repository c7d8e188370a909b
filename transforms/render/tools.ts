// The programs that decode what no library of ours does, a row for each format: how each is called, so that it reads the
// one file, does no more than is asked for, and leaves a PNG.
import type { SharpOptions } from 'sharp'
import { type Facts, isOfPlainPixels, type SourceFormat } from '../facts.ts'
import type { Plan } from '../plan/plan.ts'
import type { Size } from '../steps/geometry/sizes.ts'

export interface Tool {
  /** The same program under its usual and other names, or by its path. */
  readonly programs: readonly string[]
  /** Debian's. */
  readonly package: string
  /** What it writes; PNG where it does not say. */
  readonly writes?: 'png' | 'tif' | 'ppm'
  readonly args: (from: string, to: string) => readonly string[]
  /** Where it ends well and leaves nothing. */
  readonly otherwise?: Pick<Tool, 'programs' | 'args'>
  /** Where it is missing. */
  readonly failure?: 'tool-missing'
}

export interface Way {
  /** Of the pass that reads the source, and of the plan as a whole. */
  readonly plan: Pick<Plan, 'density' | 'resize' | 'extract' | 'film' | 'time' | 'space'>
  readonly options: SharpOptions
  /** ffmpeg's name on PATH, or its path. */
  readonly ffmpeg?: string | undefined
}

type Row = (facts: Facts, way: Way & { readonly size: Size }) => Tool

export const tools: Readonly<Partial<Record<SourceFormat, Row>>> = {
  heic: () => ({
    programs: ['heif-convert', 'heif-dec'],
    package: 'libheif-examples',
    args: (from, to) => [from, to],
  }),
  // It packs a PNG eight times as slowly as it decodes: `outsideWork` counts it where that cannot be helped.
  jxl: (facts) => ({
    programs: ['djxl'],
    package: 'libjxl-tools',
    writes: isOfPlainPixels(facts) ? 'ppm' : 'png',
    args: (from, to) => ['--num_threads=0', '--quiet', from, to],
  }),
  jp2: () => ({
    programs: ['opj_decompress'],
    package: 'libopenjp2-tools',
    // Of a PNG it would make the smallest, in thirty times as long.
    writes: 'tif',
    args: (from, to) => ['-quiet', '-i', from, '-o', to],
  }),
  // At exactly the size that is wanted, whatever the page itself says.
  pdf: (_, { plan, size }) => {
    const page = String((plan.film?.first ?? 0) + 1)
    const [width, height] = [String(size.width), String(size.height)]
    // It rounds up, by the last bit of a fraction too, and may draw a pixel more than it is told: that is cut off.
    const scale = [
      '-scale-to-x',
      width,
      '-scale-to-y',
      height,
      ...['-x', '0', '-y', '0', '-W', width, '-H', height],
    ]
    return {
      programs: ['pdftocairo'],
      package: 'poppler-utils',
      args: (from, to) => [
        ...['-q', '-png', '-singlefile', '-cropbox', '-f', page, '-l', page],
        ...[...scale, from, to.replace(/\.png$/, '')],
      ],
    }
  },
  avif: (facts, { options, ffmpeg = 'ffmpeg' }) => ({
    programs: [ffmpeg],
    package: 'ffmpeg',
    args: (from, to) => [
      ...opening(facts, 'mov'),
      ...['-i', `file:${from}`, ...layersOf(facts), ...bare],
      ...['-frames:v', String(lastFrame(facts, options)), '-fps_mode', 'passthrough'],
      ...['-pred', 'none', '-compression_level', '1', '-plays', '0', '-f', 'apng', '-y', `file:${to}`],
    ],
  }),
  mp4: (facts, way) => frameOf('mov', facts, way),
  webm: (facts, way) => frameOf('matroska', facts, way),
}

/** Names the one demuxer, so that no playlist is read, and the one protocol, so that nothing is fetched. */
const opening = ({ width, height }: Size, demuxer: string): string[] => [
  ...'-hide_banner -nostdin -v error -threads 1 -protocol_whitelist file'.split(' '),
  // With the margins that decoders keep around a picture.
  ...['-max_pixels', String((width + 512) * (height + 512)), '-f', demuxer],
]

const bare = '-an -sn -dn -map_metadata -1 -map_chapters -1 -filter_threads 1 -threads 1'.split(' ')

/** Transparency is a track of its own. */
const layersOf = ({ alpha }: Facts): string[] =>
  alpha
    ? ['-filter_complex', '[0:v:0][0:v:1]alphamerge,format=rgba']
    : ['-map', '0:v:0', '-vf', 'format=rgb24']

function lastFrame({ pages: all }: Facts, { page = 0, pages = -1 }: SharpOptions): number {
  return pages === -1 ? all : page + pages
}

/** The first picture at or after the time; where there is none so late, the last from which decoding can begin. */
function frameOf(
  demuxer: string,
  facts: Facts,
  { plan, size, ffmpeg = 'ffmpeg' }: Way & { readonly size: Size },
): Tool {
  const { time = 0 } = plan
  const args =
    (...seek: string[]) =>
    (from: string, to: string) => [
      ...opening(facts, demuxer),
      ...[...seek, '-i', `file:${from}`, '-map', '0:v:0', ...bare],
      ...['-frames:v', '1', '-vf', `scale=${size.width}:${size.height},format=rgb24`],
      ...['-compression_level', '1', '-f', 'image2', '-c:v', 'png', '-update', '1', '-y', `file:${to}`],
    ]
  const at = time > 0 ? ['-ss', String(time)] : []
  return {
    programs: [ffmpeg],
    package: 'ffmpeg',
    failure: 'tool-missing',
    args: args(...at),
    ...(time > 0 && { otherwise: { programs: [ffmpeg], args: args('-noaccurate_seek', ...at) } }),
  }
}
