// Kraken's sandbox (`dev`): the request is read as any other, the numbers are made up, nothing is made and nothing counted.
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../records/index.ts'
import { type OutputFormat, upright } from '../../../transforms/index.ts'
import type { Identification } from '../../../transforms/optimise/identification.ts'
import { addressName, safeName } from '../../intake/file-name.ts'
import type { Wish } from '../../services/optimising/optimising.ts'
import { type AnswerShape, setOf } from './answers.ts'

/** What is known of the picture: nothing of one that stands at an address, as it is not fetched. */
export interface SandboxPicture {
  readonly name: string
  readonly bytes: number
  readonly identification: Identification | null
}

export const unseenPicture = (url: string): SandboxPicture => ({
  name: nameIn(url),
  bytes: 100_000,
  identification: null,
})

const nameIn = (url: string): string => safeName(URL.canParse(url) ? addressName(new URL(url)) : undefined)

export interface SandboxCall extends AnswerShape {
  readonly wishes: readonly Wish[]
  readonly base: string
}

export function sandboxAnswer(known: SandboxPicture, { wishes, base, ...shape }: SandboxCall): JsonObject {
  const pictures = wishes.map(
    (wish, index) => [wish.id ?? String(index), picture(known, wish, base)] as const,
  )
  return setOf(pictures, shape)
}

/** Two thirds of the bytes, at the size the picture has; the address names nothing. */
function picture(
  { name, bytes, identification }: SandboxPicture,
  { optimise }: Wish,
  base: string,
): JsonObject {
  const { width, height } = identification ? upright(identification) : { width: 800, height: 600 }
  const type = identification?.format ?? 'jpeg'
  const kept = Math.ceil((bytes * 2) / 3)
  const id = createHash('md5').update(`${name} ${bytes}`).digest('hex')
  const { format = 'same' } = optimise
  return {
    file_name: name,
    original_size: bytes,
    kraked_size: kept,
    saved_bytes: bytes - kept,
    kraked_url: `${base}/sandbox/${id}/${encodeURIComponent(name)}`,
    ...{ original_width: width, original_height: height, kraked_width: width, kraked_height: height },
    original_type: type,
    kraked_type: format === 'same' || format === 'auto' ? type : (format satisfies OutputFormat),
  }
}
