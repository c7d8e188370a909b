// The frames of an animation as a video, encoded by ffmpeg (LGPL or GPL), a program of its own beside this one. It reads
// pixels of ours over a pipe, and never a stranger's file.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../../errors.ts'
import { type ProgramEnd, runProgram } from '../../../work/program.ts'
import type { VideoFormat } from '../../formats.ts'
import type { Pixels } from '../../pixels/run.ts'
import type { Video } from '../../plan/video.ts'
import type { Size } from '../../steps/geometry/sizes.ts'
import type { Movement } from '../encode.ts'
import { withAlpha } from '../steps/channels.ts'
import { matroska, type TimedFrame } from './matroska.ts'

export interface FilmOptions {
  /** ffmpeg's name on PATH, or its path. */
  readonly ffmpeg: string
  /** From `performance.now()`. */
  readonly timeoutAt: number
}

export interface Film {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly width: number
  readonly height: number
  readonly pages: number
}

const encoders: Readonly<Record<VideoFormat, { readonly name: string; readonly args: readonly string[] }>> = {
  mp4: {
    name: 'libx264',
    // Without B-frames every packet has the time of its own frame; a track in milliseconds rounds none of them.
    args: '-preset veryfast -bf 0 -video_track_timescale 1000 -movflags +faststart'.split(' '),
  },
  webm: { name: 'libvpx-vp9', args: '-b:v 0 -deadline good -cpu-used 5'.split(' ') },
}

const memoryBytes = 2 * 2 ** 30
/** Of a video. */
const mostBytes = 32 * 2 ** 20

/**
 * Frames one below the other as a video of these delays. Sides are even, for colour has half their resolution: the
 * last column or row of an odd one is there twice. Fails with 'tool-missing' where ffmpeg, or its encoder, is not installed, and with 'late'.
 */
export async function filmed(
  roll: Pixels,
  {
    movement,
    video,
    ...options
  }: FilmOptions & { readonly movement: Movement | undefined; readonly video: Video },
): Promise<Film> {
  if (!movement) throw new RangeError('a video of a still picture')
  const timeoutMs = Math.max(1, Math.ceil(options.timeoutAt - performance.now()))
  const folder = await mkdtemp(join(tmpdir(), 'halftone-film-'))
  try {
    const file = join(folder, `film.${video.format}`)
    const end = await runProgram({
      program: options.ffmpeg,
      args: argumentsOf(roll, { video, movement, file }),
      input: matroska(roll, framesOf(roll, movement)),
      bounds: { timeoutMs, memoryBytes, fileBytes: mostBytes },
    })
    if (end.how !== 'done') throw failureOf(end)
    if ((await stat(file)).size > mostBytes) throw tooLarge()
    const body = new Uint8Array(await readFile(file))
    return { body, type: `video/${video.format}`, ...evenSize(roll), pages: movement.delay.length }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Fails with 'tool-missing' before anything is decoded. */
export async function requireEncoder(ffmpeg: string, format: VideoFormat): Promise<void> {
  const { name } = encoders[format]
  const found = await (known.get(ffmpeg) ?? look(ffmpeg))
  if (found === undefined) throw missing(`fm=${format} needs ffmpeg (Debian: apt install ffmpeg)`)
  if (!found.includes(` ${name} `)) throw missing(`fm=${format} needs an ffmpeg with the encoder ${name}`)
}

/** What each ffmpeg can encode. It is asked once; one that was missing may have been installed since. */
const known = new Map<string, Promise<string | undefined>>()

function look(ffmpeg: string): Promise<string | undefined> {
  const bounds = { timeoutMs: 10_000, memoryBytes, fileBytes: 0 }
  const looking = runProgram({ program: ffmpeg, args: ['-hide_banner', '-v', 'error', '-encoders'], bounds })
  const found = looking.then(({ how, output }) => {
    if (how === 'done') return output
    known.delete(ffmpeg)
    return undefined
  })
  known.set(ffmpeg, found)
  return found
}

const evenSize = ({ width, height }: Size): Size => ({
  width: width + (width % 2),
  height: height + (height % 2),
})

interface Encode {
  readonly video: Video
  readonly movement: Movement
  readonly file: string
}

function argumentsOf(size: Size, { video, movement, file }: Encode): string[] {
  const { name, args } = encoders[video.format]
  const last = movement.delay.length - 1
  const input = '-hide_banner -nostdin -v error -threads 1 -protocol_whitelist pipe -f matroska -i pipe:0'
  return [
    ...input.split(' '),
    ...['-map', '0:v:0', '-an', '-sn', '-dn', '-map_metadata', '-1', '-fflags', '+bitexact'],
    ...['-filter_threads', '1', '-vf', filters(size)],
    // Every frame at its own time; encoders count in milliseconds.
    ...['-fps_mode', 'vfr', '-enc_time_base', '1:1000'],
    ...['-threads', '1', '-c:v', name, '-crf', String(video.crf), ...args],
    ...'-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv -flags +bitexact'.split(
      ' ',
    ),
    // A frame lasts until the next begins. ffmpeg would guess how long, also for the last.
    ...['-bsf:v', `setts=duration=if(eq(N\\,${last})\\,${movement.delay[last]}\\,1)`],
    ...['-f', video.format, '-y', `file:${file}`],
  ]
}

function filters(size: Size): string {
  const even = evenSize(size)
  const [right, bottom] = [even.width - size.width, even.height - size.height]
  const isOdd = right + bottom > 0
  return [
    ...(isOdd ? [`pad=${even.width}:${even.height}`] : []),
    ...(isOdd ? [`fillborders=right=${right}:bottom=${bottom}:mode=smear`] : []),
    'scale=out_color_matrix=bt709:out_range=tv',
    'format=yuv420p',
  ].join(',')
}

async function* framesOf(roll: Pixels, { delay }: Movement): AsyncGenerator<TimedFrame> {
  const bytes = roll.width * roll.height * roll.channels
  for (const [index, each] of delay.entries()) {
    const data = roll.data.subarray(index * bytes, (index + 1) * bytes)
    if (data.length < bytes) throw new RangeError('an animation with fewer frames than delays')
    yield { data: withAlpha({ ...roll, data }).data, delay: each }
  }
}

function failureOf({ how, errors }: ProgramEnd): Failure {
  if (how === 'missing') return missing('A video needs ffmpeg (Debian: apt install ffmpeg)')
  if (how === 'late') return new Failure('late', 'The video took too long to make.')
  if (how === 'large') return tooLarge()
  return new Failure('too-costly', 'ffmpeg could not make a video of this picture.', {
    cause: new Error(errors),
  })
}

const missing = (words: string): Failure => new Failure('tool-missing', words)

const tooLarge = (): Failure => new Failure('too-costly', 'The video would have more than 32 MB.')
