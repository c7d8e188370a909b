// One trip to the origin for all who ask for the same at once, as long as its answer may be theirs too.
import { Failure } from '../../errors.ts'

export interface Flights<T> {
  /**
   * What the flight brought, and whether somebody else had begun it; undefined when that other one takes too long.
   * Rejects with 'abandoned' when `signal` aborts.
   */
  join(key: string, signal: AbortSignal, start: Start<T>): Promise<Landed<T> | undefined>
  /** Nobody joins it from now on. */
  forget(key: string): void
}

/** `signal` is aborted when all who waited for its answer have gone before it came. */
export type Start<T> = (signal: AbortSignal) => Promise<T>

export interface FlightOptions<T> {
  /** How long one waits for a flight of somebody else: its answer may turn out not to be for others. */
  readonly patienceMs: number
  /** Until when others may join, once it has landed. */
  readonly lasts: (value: T) => Promise<unknown>
}

export interface Landed<T> {
  readonly value: T
  readonly collapsed: boolean
}

interface Flight<T> {
  readonly landing: Promise<T>
  readonly controller: AbortController
  waiters: number
}

export function createFlights<T>({ patienceMs, lasts }: FlightOptions<T>): Flights<T> {
  const flights = new Map<string, Flight<T>>()

  function launch(key: string, start: Start<T>): Flight<T> {
    const controller = new AbortController()
    const landing = Promise.resolve().then(() => start(controller.signal))
    const flight: Flight<T> = { landing, controller, waiters: 0 }
    landing
      .then(lasts)
      .catch(() => {})
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key)
      })
    flights.set(key, flight)
    return flight
  }

  return {
    async join(key, signal, start) {
      if (signal.aborted) throw abandoned()
      const current = flights.get(key)
      if (current === undefined) return { value: await wait(launch(key, start), signal), collapsed: false }
      const patience = AbortSignal.timeout(patienceMs)
      try {
        return { value: await wait(current, AbortSignal.any([signal, patience])), collapsed: true }
      } catch (thrown) {
        if (patience.aborted && !signal.aborted) return undefined
        throw thrown
      }
    },
    forget: (key) => void flights.delete(key),
  }
}

function wait<T>(flight: Flight<T>, signal: AbortSignal): Promise<T> {
  flight.waiters++
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      flight.waiters--
      if (flight.waiters === 0) flight.controller.abort(abandoned())
      reject(abandoned())
    }
    signal.addEventListener('abort', leave, { once: true })
    flight.landing.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

const abandoned = (): Failure => new Failure('abandoned', 'Nobody waits for this answer any more.')
