// What a page may say of a picture, given what its first bytes say: the size in which it is delivered, and where the
// same picture is in fewer pixels. Pure.
import { clientOf } from '../../edge/negotiate.ts'
import { exact, type Facts, type Options, type Plan, plan, upright } from '../../transforms/index.ts'
import { orderIn, type PictureOrder } from '../pictures/orders.ts'
import type { PageAddress } from './addresses.ts'
import type { Candidate, SeenPicture } from './attributes.ts'

/** How a site has its pictures made. */
export interface Making {
  readonly options: Options
  readonly hasKeys: boolean
}

export interface PictureAt {
  readonly site: string
  readonly at: PageAddress
  /** Undefined where its pictures, or this one, go out as they are. */
  readonly making: Making | undefined
  /** In pixels. */
  readonly widths: readonly number[]
}

/** Undefined for an address that says what is wanted, and cannot be read. */
export function orderAt({ site, at, making }: Omit<PictureAt, 'widths'>): PictureOrder | 'none' | undefined {
  if (!making) return 'none'
  try {
    return orderIn({ site, host: at.host, target: at.target }, making.hasKeys) ?? 'none'
  } catch {
    return undefined
  }
}

/** Undefined where its size is not known before it is made. */
export function seenPicture(facts: Facts, picture: PictureAt): SeenPicture | undefined {
  const { making } = picture
  if (!making) return { ...upright(facts), smaller: [] }
  const order = orderAt(picture)
  if (order === undefined) return undefined
  const made = planned(facts, order === 'none' ? making.options : order.options)
  if (made === undefined) return undefined
  const { width, height } = made
  // Frames would have to be made for each width; and what says what is wanted, wants nothing else.
  const isFixed = order !== 'none' || facts.animated || !Object.keys(made).every((step) => plain.has(step))
  return { width, height, smaller: isFixed ? [] : smaller(facts, width, picture) }
}

function planned(facts: Facts, options: Options): Plan | undefined {
  const made = plan(exact(options, clientOf({})), facts)
  return made.spec || made.further || made.tell ? undefined : made
}

/** Of a plan for the picture as it is, in whatever size: what else is done to all pictures is not done to ordered ones. */
const plain: ReadonlySet<string> = new Set<keyof Plan>([
  ...(['frames', 'orient', 'resize', 'kernel', 'background', 'flatten', 'width', 'height', 'pages'] as const),
  ...(['encoding', 'others', 'source', 'maxBytes', 'keep'] as const),
])

/** Less than this is gained by a width that is nearly the picture's own. */
const mostOfWidth = 0.9

function smaller(facts: Facts, width: number, picture: PictureAt): readonly Candidate[] {
  return picture.widths
    .filter((each) => each < width * mostOfWidth)
    .flatMap((each) => {
      const address = candidates(picture, each).find((made) => means(made, each, { facts, picture }))
      return address === undefined ? [] : [{ address, width: each }]
    })
}

/** The ways to ask for it in so many pixels, the shortest first. */
function candidates({ at, making }: PictureAt, width: number): readonly string[] {
  const { target } = at
  const withKey = `${target}${target.includes('?') ? '&' : '?'}w=${width}`
  return [...(making?.hasKeys ? [withKey] : []), `/cdn-cgi/image/width=${width},format=auto${target}`]
}

/** Whether an address of ours is the same picture in so many pixels: it is read as it will be read when it is asked for. */
function means(
  target: string,
  width: number,
  { facts, picture }: { facts: Facts; picture: PictureAt },
): boolean {
  const order = orderAt({ ...picture, at: { ...picture.at, target } })
  if (order === undefined || order === 'none') return false
  return order.target === picture.at.target && planned(facts, order.options)?.width === width
}
