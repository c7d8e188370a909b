// A change of no column: SQL has no statement for it.
export const isNothing = (change: object): boolean =>
  Object.values(change).every((value) => value === undefined)
