// A clock that a test turns forward; it never stands still.

export interface Clock {
  now(): number
  forward(seconds: number): void
}

export function aClock(): Clock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    forward: (seconds) => {
      ahead += seconds * 1000
    },
  }
}
