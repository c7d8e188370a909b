// Operations, from left to right, as the options of the native language, whose steps have one order.
import { Failure } from '../../../errors.ts'
import { joined, type Options, type Orient, turned } from '../../../transforms/index.ts'
import { refuse } from './arguments.ts'
import { apply } from './operations.ts'
import type { Operation } from './path.ts'
import { sizings } from './sizing.ts'
import { isUpright, start, type UploadcareState } from './state.ts'

export interface Compiled {
  readonly options: Options
  readonly as?: 'inline' | 'attachment' | undefined
  /** What is told of the file instead of a picture. */
  readonly told?: 'detect_faces' | 'main_colors'
}

/** Throws 'bad-option' for what is not known, not supported, or cannot be expressed in this order. */
export function compile(operations: readonly Operation[]): Compiled {
  const json = operations.find(({ name }) => name === 'json')
  if (json) return { options: factsAlone(json, operations) }
  const told = operations.find(({ name }) => name === 'detect_faces' || name === 'main_colors')
  if (told) return { options: toldAlone(told, operations), told: told.name as 'detect_faces' | 'main_colors' }
  const state = operations.reduce(apply, start)
  // Without a word about the picture, it is the file as it was uploaded.
  if (operations.every(({ name }) => name === 'inline'))
    return { options: { format: 'original' }, as: state.as }
  return { options: pictureOf(state), as: state.as }
}

function factsAlone(json: Operation, operations: readonly Operation[]): Options {
  if (json.args.length > 0) throw refuse(json, 'no arguments')
  // They are facts about the file as it was uploaded.
  if (operations.length > 1)
    throw new Failure('bad-option', 'json beside other operations is not supported', { option: 'json' })
  return { format: 'json' }
}

/** main_colors/n: six where nothing is said. */
function toldAlone(told: Operation, operations: readonly Operation[]): Options {
  if (operations.length > 1)
    throw new Failure('bad-option', `${told.name} beside other operations is not supported`, {
      option: told.name,
    })
  if (told.name === 'detect_faces') {
    if (told.args.length > 0) throw refuse(told, 'no arguments')
    return { format: 'json', listFaces: true }
  }
  const [count = '5', ...rest] = told.args
  const colours = /^\d{1,2}$/.test(count) ? Number(count) : 0
  if (colours < 1 || colours > 16 || rest.length > 0) throw refuse(told, 'a number of colours from 1 to 16')
  return { palette: 'json', paletteSize: colours }
}

function pictureOf(state: UploadcareState): Options {
  const { sizing, region, effects, colours, quality } = state
  if (!sizing && !state.isVideo)
    throw new Failure(
      'bad-option',
      `At least one sizing operation is needed: ${Object.keys(sizings).join(', ')}`,
    )
  const { automatic = [], ...strength } = quality
  const { automatic: negotiated = [], ...format } = formatOf(state)
  const cut = state.cut ?? sizing?.cut
  return {
    ...sizing?.options,
    ...(region && { region }),
    ...(cut && { cut }),
    ...turnsOf(state),
    ...fillOf(state),
    ...colours,
    ...effects,
    ...strength,
    ...format,
    ...(automatic.length + negotiated.length > 0 && { automatic: [...negotiated, ...automatic] }),
    // "Ordinary image operations treat animations as still pictures."
    ...(!state.isVideo && { frame: 1 }),
  }
}

function formatOf({ format, isProgressive }: UploadcareState): Options {
  switch (format) {
    case 'auto':
      return { automatic: ['format'] }
    case 'preserve':
      return { format: 'basic' }
    case 'jpeg':
      return { format: isProgressive ? 'pjpg' : 'jpeg' }
    default:
      return { format }
  }
}

/** Padding, and what has no transparency, is painted; elsewhere a colour would take transparency away. */
function fillOf({ fill, sizing, format, isVideo }: UploadcareState): Options {
  const isSeen = isVideo || format === 'jpeg' || sizing?.options.enlarge === 'fill'
  return fill && isSeen ? { background: fill } : {}
}

/** Turns before the region go into `turn`, those before the size into `or`, mirrors and the rest behind it. */
function turnsOf(state: UploadcareState): Options {
  const { isRaw, region, first, second, third } = state
  const before = region ? first : turned(0)
  const beforeSize = region ? second : first
  if (isRaw && !region && isUpright(beforeSize)) return { orientation: '1', ...turnsAfter(third) }
  if (!region && (isRaw || (beforeSize.mirror && !isSymmetrical(state))))
    return { turn: { isRaw, ...beforeSize }, ...turnsAfter(third) }
  if (beforeSize.mirror && !isSymmetrical(state))
    throw new Failure('bad-option', 'mirror or flip between two crops is not supported', { option: 'mirror' })
  return {
    ...((isRaw || !isUpright(before)) && { turn: { isRaw, ...before } }),
    ...(beforeSize.turns !== 0 && { orientation: degrees[beforeSize.turns] }),
    // Of a size that is the same on both sides, the mirror may as well be done afterwards.
    ...turnsAfter(joined({ turns: 0, mirror: beforeSize.mirror }, third)),
  }
}

const degrees = { 1: '90', 2: '180', 3: '270' } as const

function isSymmetrical({ sizing, cut }: UploadcareState): boolean {
  const words = sizing?.options.crop ?? []
  return !cut && !sizing?.cut && !words.includes('left') && !words.includes('right')
}

/** `flip` comes before `rot`: a turn that is followed by a mirror is a mirror followed by the opposite turn. */
function turnsAfter({ turns, mirror }: Orient): Options {
  if (mirror && turns === 2) return { flip: 'v' }
  const clockwise = mirror ? -turns : turns
  // `rot` counts the other way round, and only a pivot turns the frame as well.
  const rotation = ((4 - clockwise) % 4) * 90
  return { ...(mirror && { flip: 'h' }), ...(rotation > 0 && { rotation, rotationType: 'pivot' }) }
}
