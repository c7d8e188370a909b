// Values as Lua writes them.

export type LuaValue =
  | string
  | number
  | boolean
  | readonly LuaValue[]
  | { readonly [name: string]: LuaValue | undefined }

/** Every character of a string that is not plain ASCII is written by its bytes, so that no file encoding matters. */
export function luaText(value: LuaValue, indent = ''): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object') return String(value)
  const deeper = `${indent}  `
  const lines = Array.isArray(value)
    ? value.map((each) => luaText(each, deeper))
    : Object.entries(value).flatMap(([name, each]) =>
        each === undefined ? [] : [`[${quoted(name)}] = ${luaText(each as LuaValue, deeper)}`],
      )
  return lines.length === 0 ? '{}' : `{\n${lines.map((line) => `${deeper}${line},\n`).join('')}${indent}}`
}

function quoted(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte)
    if (character === "'" || character === '\\') return `\\${character}`
    return byte >= 0x20 && byte < 0x7f ? character : `\\${String(byte).padStart(3, '0')}`
  })
  return `'${bytes.join('')}'`
}
