// How the parts of nginx.conf are put together.

export const indented = (text: string, by: number): string =>
  text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')

/** Of a block in Lua. */
export const fromLua = (code: string): string => indented(code, 4)
