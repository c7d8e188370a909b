// One bounded burst of requests, and what it cost the server.
import autocannon from 'autocannon'
import type { Server } from './servers.ts'

export interface Burst {
  readonly path: string
  readonly headers?: Record<string, string>
  readonly connections?: number
  readonly seconds?: number
  /** Requests a second over all connections; unlimited when absent. */
  readonly rate?: number
  /** The class of answers that counts; others are errors. */
  readonly status?: '2xx' | '3xx'
}

export interface Measured {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly cpuPer1000: number
  readonly errors: number
}

/** Times are milliseconds, except `cpuPer1000`: CPU seconds of the server for a thousand requests. */
export async function burst(
  server: Server,
  { path, headers = {}, connections = 16, seconds = 4, rate, status = '2xx' }: Burst,
): Promise<Measured> {
  const before = server.cpuSeconds()
  const result = await autocannon({
    url: server.url + path,
    headers,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
  })
  const answered = result[status]
  return {
    requestsPerSecond: Math.round(answered / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuPer1000: ((server.cpuSeconds() - before) / answered) * 1000,
    errors: result.errors + result.timeouts + result.requests.total - answered,
  }
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Runs the contenders in turn, A B A B, so that a machine whose speed drifts is unfair to nobody. */
export async function interleave<Name extends string, Result>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<Result>>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(contenders) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse()
    for (const name of order) results[name].push(await contenders[name]())
  }
  return results
}

/** The median of each figure over the rounds. */
export function medians(rounds: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(rounds.map((round) => round[name]))
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpuPer1000: of('cpuPer1000'),
    errors: of('errors'),
  }
}
