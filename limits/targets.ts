// What a request's target means to the limits: pictures, the API or neither, and the source. Pure; its twin is
// lua/halftone/limits_target.lua, and both pass test/vectors/limit-targets.json.

export interface TargetTable {
  /** First segments that are the API's. */
  readonly api: ReadonlySet<string>
  /** First segments that are not counted: pages, and what operators and neighbours ask. */
  readonly open: ReadonlySet<string>
  /** Names that are no source of ours have no bucket: whoever makes them up cannot fill the memory. */
  readonly sources: ReadonlySet<string>
  /** The source of addresses that begin with an upload's identifier. */
  readonly uploads: string
}

export interface CountedTarget {
  /** Undefined for what is not counted. */
  readonly counted: 'pictures' | 'api' | undefined
  readonly source: string | undefined
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** A group of uploads, which the API shows. */
const group = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}~\d+$/

export function readTarget(target: string, { api, open, sources, uploads }: TargetTable): CountedTarget {
  const first = firstOf(target)
  if (api.has(first) || group.test(first.toLowerCase())) return { counted: 'api', source: undefined }
  if (first === '' || open.has(first)) return { counted: undefined, source: undefined }
  if (sources.has(first)) return { counted: 'pictures', source: first }
  return { counted: 'pictures', source: uuid.test(first.toLowerCase()) ? uploads : undefined }
}

/** As servers read it: of an absolute address too, decoded, without empty segments before it. */
function firstOf(target: string): string {
  const [, first = ''] = /^(?:https?:\/\/[^/?#]*)?\/*([^/?#]*)/i.exec(target) ?? []
  return first.replace(/%([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
