import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFlights, type Trip } from '../../cache/collapse.ts'
import { aSignal } from '../signals.ts'
import { times } from './entries.ts'

const flightMs = 10_000

/** A start that lands when told to, and remembers what it was given. */
function aFlight() {
  const landing = Promise.withResolvers<string>()
  const trips: Trip[] = []
  const start = (trip: Trip): Promise<string> => {
    trips.push(trip)
    trip.signal.addEventListener('abort', () => landing.reject(trip.signal.reason))
    return landing.promise
  }
  return { start, trips, land: landing.resolve, fail: landing.reject }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('fifty waiters share one flight, and all but the first are told so', async () => {
  const flights = createFlights<string>(flightMs)
  const { start, trips, land } = aFlight()
  const waiters = times(50, () => flights.join('k', aSignal(), start))
  land('meow')
  const landed = await Promise.all(waiters)
  expect(landed.map(({ value }) => value)).toEqual(times(50, () => 'meow'))
  expect(landed.map(({ collapsed }) => collapsed)).toEqual(times(50, (i) => i > 0))
  expect(trips.length).toBe(1)
})

test('keys do not wait for each other', async () => {
  const flights = createFlights<string>(flightMs)
  const [slow, quick] = [aFlight(), aFlight()]
  void flights.join('slow', aSignal(), slow.start)
  const waiter = flights.join('quick', aSignal(), quick.start)
  quick.land('done')
  expect(await waiter).toEqual({ value: 'done', collapsed: false })
})

test('the first client leaves, and the others still get their answer', async () => {
  const flights = createFlights<string>(flightMs)
  const { start, trips, land } = aFlight()
  const impatient = new AbortController()
  const first = flights.join('k', impatient.signal, start)
  const second = flights.join('k', aSignal(), start)
  impatient.abort()
  await expect(first).rejects.toMatchObject({ kind: 'abandoned' })
  expect(trips[0]?.signal.aborted).toBe(false)
  land('meow')
  expect(await second).toEqual({ value: 'meow', collapsed: true })
})

test('when the last waiter has gone the flight is aborted, and the next ask starts afresh', async () => {
  const flights = createFlights<string>(flightMs)
  const [first, next] = [aFlight(), aFlight()]
  const leaving = new AbortController()
  const waiters = times(3, () => flights.join('k', leaving.signal, first.start))
  leaving.abort()
  const outcomes = await Promise.allSettled(waiters)
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(first.trips[0]?.signal.reason).toMatchObject({ kind: 'abandoned' })
  const again = flights.join('k', aSignal(), next.start)
  next.land('meow')
  expect(await again).toEqual({ value: 'meow', collapsed: false })
})

test('a client that has left already starts nothing', async () => {
  const { start, trips } = aFlight()
  await expect(createFlights<string>(flightMs).join('k', AbortSignal.abort(), start)).rejects.toMatchObject({
    kind: 'abandoned',
  })
  expect(trips.length).toBe(0)
})

test('a flight has its own deadline', async () => {
  const flights = createFlights<string>(flightMs)
  const { start } = aFlight()
  const waiter = flights.join('k', aSignal(), start)
  vi.advanceTimersByTime(flightMs)
  await expect(waiter).rejects.toMatchObject({ kind: 'upstream-late' })
})

test('a failure is shared, and forgotten at once', async () => {
  const flights = createFlights<string>(flightMs)
  const [first, next] = [aFlight(), aFlight()]
  const waiters = times(5, () => flights.join('k', aSignal(), first.start))
  first.fail(new Error('no'))
  const outcomes = await Promise.allSettled(waiters)
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  const again = flights.join('k', aSignal(), next.start)
  next.land('meow')
  expect((await again).value).toBe('meow')
})

test('a background flight is joined, and goes on when those who joined leave', async () => {
  const flights = createFlights<string>(flightMs)
  const { start, trips, land } = aFlight()
  const leaving = new AbortController()
  flights.background('k', start)
  flights.background('k', start)
  const waiter = flights.join('k', leaving.signal, start)
  leaving.abort()
  await expect(waiter).rejects.toMatchObject({ kind: 'abandoned' })
  expect(trips[0]?.signal.aborted).toBe(false)
  land('meow')
  await flights.idle()
  expect(trips.length).toBe(1)
})

test('a background flight may fail with nobody listening', async () => {
  const flights = createFlights<string>(flightMs)
  const { start, fail } = aFlight()
  flights.background('k', start)
  fail(new Error('no'))
  await flights.idle()
})
