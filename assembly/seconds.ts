/** Settings are milliseconds, HTTP speaks whole seconds. */
export const seconds = (ms: number): number => Math.floor(ms / 1000)
