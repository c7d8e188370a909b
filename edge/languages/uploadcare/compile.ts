// Operations, from left to right, as options of the native language.
import { Failure } from '../../../errors.ts'
import type { Options } from '../../../transforms/index.ts'
import { refuse } from './arguments.ts'
import { type Passes, stepsOfPasses, withOperation } from './passes.ts'
import type { Operation } from './path.ts'
import { sizings } from './sizing.ts'
import { start, type UploadcareState } from './state.ts'

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
  const passes = operations.reduce<Passes>(withOperation, [start])
  const { as } = passes.at(-1) ?? start
  // Without a word about the picture, it is the file as it was uploaded.
  if (operations.every(({ name }) => name === 'inline')) return { options: { format: 'original' }, as }
  return { options: pictureOf(passes), as }
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

function pictureOf(passes: Passes): Options {
  const state = passes.at(-1) ?? start
  const { quality } = state
  if (!state.isVideo && !passes.some(({ sizing }) => sizing))
    throw new Failure(
      'bad-option',
      `At least one sizing operation is needed: ${Object.keys(sizings).join(', ')}`,
    )
  const { automatic = [], ...strength } = quality
  const { automatic: negotiated = [], ...format } = formatOf(state)
  return {
    ...stepsOfPasses(passes),
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
