// Identifies an arriving file: as soon as its first bytes decide, and again from the whole file for formats that say more
// behind the pixels.
import { open } from 'node:fs/promises'
import { Failure } from '../../errors.ts'
import { isSvg } from '../../transforms/identify/svg.ts'
import {
  admit,
  defaultLimits,
  identifySource,
  type Limits,
  type SourceFormat,
} from '../../transforms/index.ts'
import { type Identification, identifyInDetail } from '../../transforms/optimise/identification.ts'
import { formatIn } from './media-type.ts'

export interface IdentifyOptions {
  /** Also of documents and films, of which pictures can be made. */
  readonly onlyPictures?: boolean | undefined
  readonly onIdentified?: ((identification: Identification | null) => void) | undefined
}

export interface Identifier {
  /** Takes the next bytes. Where only pictures are wanted it fails as soon as they show that this is none. */
  see(chunk: Buffer): void
  end(path: string, bytes: number): Promise<Identification | null>
  /** The format by the first bytes, also of a format that nothing here can open. */
  format(): SourceFormat | undefined
}

/** Undecided: more bytes may still make a picture of it. */
type Verdict = { readonly picture: Identification } | { readonly refusal: Failure } | 'undecided'

const headBytes = 64 * 1024

/** Larger files keep what their first bytes said: nothing here optimises or transforms them. */
const wholeBytes = defaultLimits.maxSourceBytes

/** A longer SVG is refused by whoever draws it, and reading it all would hold up everybody else. */
const svgBytes = 3_000_000

/** Limits hold for pictures that are to be worked upon; a file that is only kept may be as large as it likes. */
const limits: Limits = { ...defaultLimits, maxSourceBytes: Number.POSITIVE_INFINITY }

export function createIdentifier(options: IdentifyOptions, readWhole: ReadWholeFile): Identifier {
  const head: Buffer[] = []
  let seen = 0
  let verdict: Verdict = 'undecided'
  let isTold = false

  function decide(next: Verdict): void {
    verdict = next
    if (next === 'undecided') return
    if (options.onlyPictures) refuse(next)
    if (isTold) return
    isTold = true
    options.onIdentified?.('picture' in next ? next.picture : null)
  }

  return {
    format: () => formatIn(Buffer.concat(head)),
    see(chunk) {
      if (seen >= headBytes) return
      head.push(chunk.subarray(0, headBytes - seen))
      seen += chunk.length
      if (seen >= headBytes) decide(judge(Buffer.concat(head), false, options))
    },
    async end(path, bytes) {
      const start = Buffer.concat(head)
      if (bytes <= headBytes) decide(judge(start, true, options))
      else if (isOpen(verdict, start) && bytes <= (isSvg(start) ? svgBytes : wholeBytes))
        decide(await readWhole({ path, bytes }, (all) => judge(all, true, options)))
      else if (verdict === 'undecided') decide({ refusal: unread() })
      return typeof verdict === 'object' && 'picture' in verdict ? verdict.picture : null
    },
  }
}

function judge(bytes: Buffer, isWhole: boolean, { onlyPictures }: IdentifyOptions): Verdict {
  try {
    const picture = identifyInDetail(bytes, onlyPictures ? identifySource : undefined)
    // An SVG is measured by its root and priced by all of it, and cut off it is another document.
    return picture.format === 'svg' && !isWhole ? 'undecided' : { picture }
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return thrown.kind === 'source-broken' && !isWhole ? 'undecided' : { refusal: thrown }
  }
}

function refuse(verdict: Exclude<Verdict, 'undecided'>): void {
  if ('refusal' in verdict) throw verdict.refusal
  const { picture } = verdict
  admit({ ...picture, icc: picture.icc !== null, pages: 1, scans: 1, bytes: 0 }, undefined, limits)
}

/** Formats that may say something behind the pixels: further frames, transparency, an orientation. */
function isOpen(verdict: Verdict, head: Buffer): boolean {
  if (verdict === 'undecided') return true
  if ('refusal' in verdict) return false
  const { format } = verdict.picture
  return format === 'gif' || format === 'png' || (format === 'webp' && isExtended(head))
}

/** RFC 9649 2.7: only the extended layout has chunks beside the pixels. */
const isExtended = (head: Buffer): boolean => head.toString('latin1', 12, 16) === 'VP8X'

const unread = (): Failure => new Failure('source-unsupported', 'The source is not an image we can read.')

/** Reads a whole file for `use`, which keeps nothing of the bytes. */
export type ReadWholeFile = <T>(
  file: { path: string; bytes: number },
  use: (bytes: Buffer) => T,
) => Promise<T>

/** One file at a time, in one piece of memory that goes when nobody waits: twenty at once cost as much as one. */
export function createWholeFileReader(): ReadWholeFile {
  let memory = Buffer.alloc(0)
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  async function read(path: string, bytes: number): Promise<Buffer> {
    if (memory.length < bytes) memory = Buffer.allocUnsafeSlow(bytes)
    await using file = await open(path, 'r')
    let at = 0
    while (at < bytes) {
      const { bytesRead } = await file.read(memory, at, bytes - at, at)
      if (bytesRead === 0) throw new Failure('internal', 'A received file has become shorter.')
      at += bytesRead
    }
    return memory.subarray(0, bytes)
  }

  return async ({ path, bytes }, use) => {
    waiting++
    const turn = last.then(async () => use(await read(path, bytes)))
    last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      waiting--
      if (waiting === 0) memory = Buffer.alloc(0)
    }
  }
}
