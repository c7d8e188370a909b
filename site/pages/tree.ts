// A tree that forgets. parse5 builds the page as a browser would, so it knows which tags become elements and where these
// stand; only the way up from each open element is kept, so a page of any length takes the same memory.
import { html, type Token, type TreeAdapter, type TreeAdapterTypeMap } from 'parse5'

export interface Node {
  readonly name: string
  readonly space: html.NS
  readonly attributes: readonly Token.Attribute[]
  parent?: Node | undefined
  /** The newest child. */
  last?: Node | undefined
  content?: Node
  location?: Token.ElementLocation | undefined
}

export interface TreeEvents {
  /** An element of HTML with one of the wanted names stands in its place. */
  readonly found: (node: Node, tag: Token.Location) => void
  /** All before this place of the page is read. */
  readonly reached: (end: number) => void
}

/** Thrown where building would take more and more time for each byte. */
export class TooOdd extends Error {}

/** Browsers go no deeper than 512. */
const mostDepth = 600

/** No tag is shorter than three bytes; a few elements are made without one. */
const mostElements = (bytes: number): number => 1000 + bytes / 2

type Tree = TreeAdapter<TreeAdapterTypeMap<Node, Node, Node, Node, Node, Node, Node, Node, Node, Node>>

export function forgetfulTree(wanted: ReadonlySet<string>, events: TreeEvents): Tree {
  let depth = 0
  let elements = 0
  let reached = 0
  let mode = html.DOCUMENT_MODE.NO_QUIRKS

  function attach(parent: Node, node: Node): void {
    node.parent = parent
    const tag = node.location?.startTag
    if (tag === undefined || node.space !== html.NS.HTML || !wanted.has(node.name)) return
    // It may be moved later, and is found only once.
    node.location = undefined
    events.found(node, tag)
  }

  function reach(end = 0): void {
    reached = Math.max(reached, end)
    events.reached(reached)
  }

  return {
    ...links,
    appendChild(parent, node) {
      attach(parent, node)
      parent.last = node
    },
    insertBefore: attach,
    createElement(name, space, attributes) {
      if (++elements > mostElements(reached)) throw new TooOdd('more elements than tags')
      return { name, space, attributes }
    },
    insertText(parent) {
      if (parent.last?.name !== '#text') parent.last = { ...bare('#text'), parent }
    },
    setNodeSourceCodeLocation(node: Node | undefined, location) {
      if (node) node.location = location ?? undefined
      reach(location?.endOffset)
    },
    updateNodeSourceCodeLocation(_, { endOffset }) {
      reach(endOffset)
    },
    onItemPush() {
      if (++depth > mostDepth) throw new TooOdd('too deep')
    },
    onItemPop: () => void depth--,
    setDocumentMode(_, quirks) {
      mode = quirks
    },
    getDocumentMode: () => mode,
  }
}

const bare = (name: string): Node => ({ name, space: html.NS.HTML, attributes: [] })

/** How the nodes hang together, as far as the builder asks for it. */
const links = {
  createDocument: () => bare('#document'),
  createDocumentFragment: () => bare('#fragment'),
  createTextNode: () => bare('#text'),
  createCommentNode: () => bare('#comment'),
  detachNode(node) {
    if (node.parent?.last === node) node.parent.last = undefined
    node.parent = undefined
  },
  setTemplateContent(template, content) {
    template.content = content
    content.parent = template
  },
  getTemplateContent: (template) => template.content ?? template,
  getNodeSourceCodeLocation: (node: Node | undefined) => node?.location,
  insertTextBefore() {},
  getChildNodes: ({ last }) => (last ? [last] : []),
  getFirstChild: ({ last }) => last ?? null,
  getParentNode: ({ parent }) => parent ?? null,
  getAttrList: ({ attributes }) => [...attributes],
  getTagName: ({ name }) => name,
  getNamespaceURI: ({ space }) => space,
  adoptAttributes() {},
  setDocumentType() {},
  // Nobody reads what it says.
  getTextNodeContent: () => '',
  getCommentNodeContent: () => '',
  getDocumentTypeNodeName: () => '',
  getDocumentTypeNodePublicId: () => '',
  getDocumentTypeNodeSystemId: () => '',
  isElementNode: (node): node is Node => !node.name.startsWith('#'),
  isTextNode: (node): node is Node => node.name === '#text',
  isCommentNode: (node): node is Node => node.name === '#comment',
  isDocumentTypeNode: (_node): _node is Node => false,
} satisfies Partial<Tree>
