// An edit in the options of the URL language, as text: "w=320&fit=max". Pure.

/** The options and their values, in the order in which they are written. */
export type EditPairs = Readonly<Record<string, string | number>>

/** '' where there is nothing to do. */
export const editText = (pairs: EditPairs): string =>
  Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join('&')
