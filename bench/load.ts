// One bounded burst of requests, and what it cost the server.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import autocannon from 'autocannon'
import { pin, type Server } from './servers.ts'

export interface Burst {
  readonly path: string
  readonly headers?: Record<string, string>
  readonly connections?: number
  readonly seconds?: number
  /** Whether it takes whichever core is free, and not the second one alone. */
  readonly isAnywhere?: boolean
}

export interface Measured {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** CPU seconds of the server for a thousand requests. */
  readonly cpuPer1000: number
  readonly errors: number
}

/** As fast as `connections` go, by wrk on the second core: a generator in JavaScript would be slower than the server. */
export async function burst(
  server: Server,
  { path, headers = {}, connections = 16, seconds = 4, isAnywhere = false }: Burst,
): Promise<Measured> {
  const before = server.cpuSeconds()
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const command = [
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    ...fields,
    server.url + path,
  ]
  const [file = '', ...args] = isAnywhere ? command : pin(1, command)
  const { stdout } = await promisify(execFile)(file, args)
  const read = readWrk(stdout)
  return { ...read.figures, cpuPer1000: ((server.cpuSeconds() - before) / read.requests) * 1000 }
}

function readWrk(text: string): { requests: number; figures: Omit<Measured, 'cpuPer1000'> } {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0)
  const errors = number(/Non-2xx or 3xx responses: (\d+)/)
  const socket =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  const requests = number(/(\d+) requests in/) - errors
  return {
    requests,
    figures: {
      requestsPerSecond: Math.round(number(/Requests\/sec:\s+([\d.]+)/)),
      p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(text)),
      p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(text)),
      errors: errors + socket.reduce((sum, count) => sum + Number(count), 0),
    },
  }
}

const scale = { us: 1e-3, ms: 1, s: 1e3 } as const

const milliseconds = (match: RegExpExecArray | null): number =>
  Number(match?.[1]) * scale[match?.[2] as keyof typeof scale]

/** At a fixed rate: `rate` requests a second over all connections. */
export async function paced(
  server: Server,
  { path, connections = 8, seconds = 5, rate }: Burst & { readonly rate: number },
): Promise<Measured> {
  const before = server.cpuSeconds()
  const result = await autocannon({
    url: server.url + path,
    connections,
    duration: seconds,
    overallRate: rate,
  })
  const answered = result['2xx']
  return {
    requestsPerSecond: Math.round(answered / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuPer1000: ((server.cpuSeconds() - before) / answered) * 1000,
    errors: result.errors + result.timeouts + result.non2xx,
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
