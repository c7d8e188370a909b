// One flight per key: many asks, one trip upstream (RFC 9211 2.6 calls it collapsing).
import { Failure } from '../errors.ts'

export interface Trip {
  /** Aborted at the flight's own deadline, or when the last waiter has gone: never by one impatient client. */
  readonly signal: AbortSignal
}

export type Start<T> = (trip: Trip) => Promise<T>

export interface Landed<T> {
  readonly value: T
  /** True for all but the one who started the flight. */
  readonly collapsed: boolean
}

export interface Flights<T> {
  /** Waits for the key's flight, and starts it where there is none. Rejects with 'abandoned' when `signal` aborts. */
  join(key: string, signal: AbortSignal, start: Start<T>): Promise<Landed<T>>
  /** Starts a flight that nobody waits for and that ends only by itself. Does nothing while the key has one. */
  background(key: string, start: Start<T>): void
  /** Settles when nothing is in the air. */
  idle(): Promise<void>
}

interface Flight<T> {
  readonly landing: Promise<T>
  readonly isBackground: boolean
  readonly cancel: () => void
  waiters: number
}

export function createFlights<T>(flightMs: number): Flights<T> {
  const flights = new Map<string, Flight<T>>()
  const inTheAir = new Set<Promise<unknown>>()

  function launch(key: string, start: Start<T>, isBackground: boolean): Flight<T> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late()), flightMs)
    const leave = (): void => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    const cancel = (): void => {
      leave()
      deadline.abort(abandoned())
    }
    // Failures are shared with the waiters and forgotten at once, like answers: the store remembers, not the flight.
    const { signal } = deadline
    const landing = flyNow(start, { signal }).finally(() => {
      clearTimeout(timer)
      leave()
      inTheAir.delete(landing)
    })
    const flight: Flight<T> = { landing, isBackground, cancel, waiters: 0 }
    flights.set(key, flight)
    inTheAir.add(landing)
    // A flight without waiters may fail with nobody listening.
    landing.catch(() => {})
    return flight
  }

  return {
    async join(key, signal, start) {
      if (signal.aborted) throw abandoned()
      const current = flights.get(key)
      const value = await wait(current ?? launch(key, start, false), signal)
      return { value, collapsed: current !== undefined }
    },
    background(key, start) {
      if (!flights.has(key)) launch(key, start, true)
    },
    async idle() {
      while (inTheAir.size > 0) await Promise.allSettled(inTheAir)
    },
  }
}

/** At once; what it throws is the flight's failure. */
const flyNow = async <T>(start: Start<T>, trip: Trip): Promise<T> => start(trip)

function wait<T>(flight: Flight<T>, signal: AbortSignal): Promise<T> {
  flight.waiters++
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      flight.waiters--
      if (flight.waiters === 0 && !flight.isBackground) flight.cancel()
      reject(abandoned())
    }
    signal.addEventListener('abort', leave, { once: true })
    flight.landing.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

const late = (): Failure => new Failure('upstream-late', 'The next tier did not answer in time.')
const abandoned = (): Failure => new Failure('abandoned', 'Nobody waits for this answer any more.')
