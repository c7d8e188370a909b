// The connections to Redis, and whether it is there. While it is away everything here fails at once, and nobody waits.
import type { Cluster, Redis } from 'ioredis'
import { connect, type RedisPlace } from './connect.ts'

export interface RedisOptions extends RedisPlace {
  /** What all names of keys and channels begin with. */
  readonly prefix: string
  /** How long an answer may take. */
  readonly answerMs: number
  readonly changed?: (state: RedisState) => void
}

export type RedisState = 'here' | 'away'
export type RedisClient = Redis | Cluster

/** Redis did not answer, or is known not to. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway'
}

/** A script: it runs as a whole, between all others. */
export interface Script {
  readonly lua: string
  readonly keys: number
}

type Told = (message: string) => void

export interface RedisRoom {
  readonly state: () => RedisState
  /** The name of a key or channel. Its tag keeps all of them on one node of a Cluster, so that a script may use several. */
  name(part: string): string
  /** Rejects with RedisAway at once while Redis is away, and after `answerMs` when it does not answer. */
  ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T>
  /** Makes the caller of a script; the same failures. */
  script(script: Script): (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>
  /** From now on, and again after each absence. Resolves when the messages come, at once while Redis is away. */
  listen(channel: string, told: Told): Promise<void>
  /** Calls back with each change of the state from now on; the returned function ends it. */
  watch(changed: (state: RedisState) => void): () => void
  /** Whether it came within so many milliseconds. */
  arrival(withinMs: number): Promise<boolean>
  close(): Promise<void>
}

/** How often an absent Redis is looked for. */
const lookEveryMs = 250

export function openRedis(options: RedisOptions): RedisRoom {
  const { prefix, answerMs, changed = () => {} } = options
  const commands = connect(options)
  // Its own connection: one that listens takes few other commands.
  const messages = connect(options)
  const channels = new Map<string, Told>()
  const watchers = new Set<(state: RedisState) => void>([changed])
  let state: RedisState = 'away'
  let isClosed = false
  let look: NodeJS.Timeout | undefined
  let looking = false

  function become(next: RedisState): void {
    if (state === next || (isClosed && next === 'here')) return
    state = next
    for (const told of watchers) told(next)
  }

  function lose(): void {
    become('away')
    if (!isClosed) look ??= setInterval(lookForIt, lookEveryMs)
  }

  /** There when both connections answer, and all channels are heard again. */
  async function lookForIt(): Promise<void> {
    if (looking || isClosed || commands.status !== 'ready' || messages.status !== 'ready') return
    looking = true
    try {
      // An answer of its own, so that a server that takes connections and says nothing is not taken for one that is there.
      await Promise.all([within(answerMs, commands.ping()), ...[...channels.keys()].map(subscribe)])
      clearInterval(look)
      look = undefined
      become('here')
    } catch {
      lose()
    } finally {
      looking = false
    }
  }

  const subscribe = (channel: string): Promise<unknown> => within(answerMs, messages.subscribe(channel))

  async function ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    if (state === 'away') throw new RedisAway('Redis is away.')
    try {
      return await within(answerMs, question(commands))
    } catch (thrown) {
      // What Redis itself says of a command is an answer.
      if (isReply(thrown)) throw thrown
      lose()
      throw thrown instanceof RedisAway ? thrown : new RedisAway('Redis is away.', { cause: thrown })
    }
  }

  for (const client of [commands, messages]) {
    client.on('ready', () => void lookForIt())
    for (const event of ['close', 'end', 'reconnecting'] as const) client.on(event, lose)
    // Said by its absence.
    client.on('error', () => {})
  }
  messages.on('message', (channel: string, message: string) => channels.get(channel)?.(message))
  lose()

  const watch = (told: (state: RedisState) => void): (() => void) => {
    watchers.add(told)
    return () => void watchers.delete(told)
  }

  const named = (part: string): string => `{${prefix}}:${part}`
  let scripts = 0
  return {
    state: () => state,
    name: named,
    ask,
    script({ lua, keys }) {
      const command = `halftone${++scripts}`
      commands.defineCommand(command, { lua, numberOfKeys: keys })
      return (names, args) =>
        ask(
          (client) =>
            (client as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>)[command]?.(
              ...names,
              ...args,
            ) as Promise<unknown>,
        )
    },
    async listen(channel, told) {
      channels.set(named(channel), told)
      if (state === 'here') await subscribe(named(channel)).catch(lose)
    },
    watch,
    arrival: (withinMs) =>
      new Promise((resolve) => {
        if (state === 'here') return resolve(true)
        const arrived = (isHere: boolean) => {
          clearTimeout(timer)
          unwatch()
          resolve(isHere)
        }
        const timer = setTimeout(arrived, withinMs, false)
        const unwatch = watch((next) => next === 'here' && arrived(true))
      }),
    async close() {
      isClosed = true
      clearInterval(look)
      become('away')
      commands.disconnect()
      messages.disconnect()
    },
  }
}

const isReply = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'ReplyError' && !passing.test(thrown.message)

/** Said by a server that is not, or no longer, the one to ask. */
const passing = /^(?:LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|UNBLOCKED)/

function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RedisAway('Redis did not answer in time.')), ms)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
