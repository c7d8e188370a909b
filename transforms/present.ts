// Leaves out what is undefined: an absent option and an undefined one must be the same thing.

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

export function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}
