// Adds attributes to tags of a page while it passes, and leaves every other byte as it is. Pure but for its own memory.
// Bytes are read as Latin-1: a character each, whatever ASCII-compatible encoding they are in.
import { ParserStream } from 'parse5-parser-stream'
import { forgetfulTree, type Node, TooOdd } from './tree.ts'
import { longestTag, unfinishedIn } from './unfinished.ts'

export interface Element {
  readonly name: string
  /** By name in lower case; bytes as Latin-1. */
  readonly attributes: ReadonlyMap<string, string>
  /** The names of the elements around it, the nearest first. */
  readonly around: readonly string[]
}

/** What is to be added to an element's tag: names with values of printable ASCII. */
export type Added = readonly (readonly [name: string, value: string])[]

export interface Rewriter {
  write(bytes: Buffer): Buffer
  /** What is left at the end of the page. */
  end(): Buffer
}

export interface RewriterOptions {
  /** Names of elements that `add` is asked about, in the order of the page. */
  readonly names: ReadonlySet<string>
  readonly add: (element: Element) => Added
}

/**
 * Looked at after every so many bytes: whether the builder gets on. If not, a comment or a word is longer than that, and
 * from there on the page stays as it is.
 */
const step = 1024 * 1024

const escapeByte = 0x1b
const nothing = Buffer.alloc(0)

export function createRewriter({ names, add }: RewriterOptions): Rewriter {
  /** Bytes of the page so far, and those of them that have gone out. */
  let received = 0
  let sent = 0
  let held = ''
  let isOn = true
  /** All before it is read: what looks like an unfinished tag there is none. */
  let reached = 0
  let insertions: { readonly at: number; readonly text: string }[] = []
  const tree = forgetfulTree(names, {
    reached: (end) => {
      reached = end
    },
    found(node, { startOffset: start, endOffset: end }) {
      const at = start + 1 + node.name.length
      if (end - start > longestTag || !isTagOf(node.name, start)) return
      const text = add(elementOf(node)).map(([name, value]) => ` ${name}="${escaped(value)}"`)
      if (text.length > 0) insertions.push({ at, text: text.join('') })
    },
  })
  const parser = new ParserStream({ treeAdapter: tree, sourceCodeLocationInfo: true })

  /** `<image>`, of which nothing is held back, becomes the same element as `<img>`. */
  const isTagOf = (name: string, start: number): boolean =>
    start >= sent && held.slice(start - sent + 1, start - sent + 1 + name.length).toLowerCase() === name

  function read(text: string): void {
    held += text
    received += text.length
    try {
      parser.write(text)
    } catch (thrown) {
      if (!(thrown instanceof TooOdd)) throw thrown
      isOn = false
    }
    if (received % step === 0 && received - reached >= step) isOn = false
  }

  /** Sends all but the beginning of a tag that is not whole yet. */
  function release(isAll: boolean): string {
    const length = isAll ? held.length : unfinishedIn(held, Math.max(0, reached - sent), names)
    let out = ''
    let from = 0
    for (const { at, text } of insertions) {
      out += held.slice(from, at - sent) + text
      from = at - sent
    }
    insertions = []
    out += held.slice(from, length)
    held = held.slice(length)
    sent += length
    return out
  }

  return {
    write(bytes) {
      if (!isOn) return bytes
      let [out, at] = ['', 0]
      // Bytes that say UTF-16, which no tag could be found in.
      if (received === 0 && bytes.length > 0 && (bytes[0] ?? 0) >= 0xfe) isOn = false
      while (isOn && at < bytes.length) {
        // In ISO-2022-JP it begins characters that look like tags. Nothing else has it.
        const stop = bytes.indexOf(escapeByte, at)
        const end = Math.min(bytes.length, at + step - (received % step), stop < 0 ? bytes.length : stop)
        if (end > at) read(bytes.toString('latin1', at, end))
        if (isOn && end === stop) isOn = false
        out += release(!isOn)
        at = end
      }
      return Buffer.concat([Buffer.from(out, 'latin1'), at === 0 ? bytes : bytes.subarray(at)])
    },
    end() {
      if (!isOn) return nothing
      isOn = false
      return Buffer.from(release(true), 'latin1')
    },
  }
}

function elementOf(node: Node): Element {
  const around: string[] = []
  for (let each = node.parent; each; each = each.parent) around.push(each.name)
  const attributes = new Map(node.attributes.map(({ name, value }) => [name, value]))
  return { name: node.name, attributes, around }
}

const escaped = (value: string): string => value.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`)
