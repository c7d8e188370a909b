// Signals of those who wait for an answer as long as it takes.

/** One that a test may listen to by itself. */
export const aSignal = (): AbortSignal => new AbortController().signal

/** One for all: nobody aborts it. */
export const never: AbortSignal = aSignal()
