// JSON from clients. Deeply nested JSON is refused before it is parsed: whatever walks the value recursively, such as a
// schema, would run out of stack.

/** No request of our APIs needs as many levels. */
export const deepest = 64

/** As JSON.parse. Throws a SyntaxError also for what is nested deeper than `deepest` levels. */
export function jsonFrom(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`nested deeper than ${deepest} levels`)
  return JSON.parse(text, reviver)
}

/** Of a text that may not even be JSON: one pass over its characters, a millisecond for a megabyte. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  let isInText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isInText) {
      if (code === backslash) at++
      else if (code === quote) isInText = false
    } else if (code === quote) isInText = true
    else if (code === bracket || code === brace) {
      if (++depth > deepest) return true
    } else if (code === bracketEnd || code === braceEnd) depth--
  }
  return false
}

const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = [...'"\\[]{}'].map((one) =>
  one.charCodeAt(0),
)
