// A change that changes nothing: SQL has no words for an update without a column.
export const isNothing = (change: object): boolean =>
  Object.values(change).every((value) => value === undefined)
