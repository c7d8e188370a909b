// Where in the text that has come a tag may have begun that is not whole yet. Pure.

/** A longer tag stays as it is: no more of a page than that is held back. */
export const longestTag = 64 * 1024

/** From `from` on, for tags with these names; the text's length where there is none. */
export function unfinishedIn(text: string, from: number, names: ReadonlySet<string>): number {
  for (let at = text.indexOf('<', from); at >= 0; at = text.indexOf('<', at + 1))
    if (text.length - at <= longestTag && isUnfinished(text, at, names)) return at
  return text.length
}

function isUnfinished(text: string, at: number, names: ReadonlySet<string>): boolean {
  for (const name of names) {
    const end = at + 1 + name.length
    const said = text.slice(at + 1, end).toLowerCase()
    if (said.length < name.length && name.startsWith(said)) return true
    if (said === name && (end === text.length || (isBreak(text[end]) && !isWhole(text, end)))) return true
  }
  return false
}

const space = new Set('\t\n\f\r ')
const isBreak = (char = ''): boolean => char === '>' || char === '/' || space.has(char)

/** What may come next in a tag (HTML 13.2.5.32 to 13.2.5.40, as far as they decide where it ends). */
type State = 'attribute' | 'name' | 'behind-name' | 'value' | 'unquoted' | '"' | "'"

/** Whether a tag whose name ends before `from` ends in the text. */
function isWhole(text: string, from: number): boolean {
  let state: State = 'attribute'
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? ''
    if (state === '"' || state === "'") {
      if (char === state) state = 'attribute'
    } else if (char === '>') return true
    else state = after(state, char)
  }
  return false
}

function after(state: Exclude<State, '"' | "'">, char: string): State {
  const isSpace = space.has(char)
  switch (state) {
    case 'value':
      return char === '"' || char === "'" ? char : isSpace ? 'value' : 'unquoted'
    case 'unquoted':
      return isSpace ? 'attribute' : 'unquoted'
    case 'attribute':
      return isSpace || char === '/' ? 'attribute' : 'name'
    default:
      if (char === '/') return 'attribute'
      if (char === '=') return 'value'
      return isSpace ? 'behind-name' : 'name'
  }
}
