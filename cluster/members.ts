// The members of the cluster: each tells Redis again and again that it is there, and under which address.
import type { RedisRoom, Script } from './redis.ts'

export interface Member {
  /** Where others reach it. No two have the same. */
  readonly url: string
  readonly roles: readonly string[]
  readonly version: string
  /** Milliseconds since 1970. */
  readonly started: number
}

export interface SeenMember extends Member {
  /** How many milliseconds ago it was heard of. */
  readonly silentMs: number
}

export interface Members {
  /**
   * All that were heard of within the hour and did not take their leave; while Redis is away, as they were known last.
   * Undefined while they were never known.
   */
  list(): Promise<readonly SeenMember[] | undefined>
  /** Takes its leave. */
  close(): Promise<void>
}

export interface MembersOptions {
  readonly redis: RedisRoom
  readonly self: Member
  readonly everyMs: number
  /** Called with each beat while Redis is there. */
  readonly beat: () => void
}

export function joinMembers({ redis, self, everyMs, beat }: MembersOptions): Members {
  const tell = redis.script(tellScript)
  const ask = redis.script(listScript)
  const key = redis.name('members')
  const { url, ...about } = self

  let known: readonly SeenMember[] | undefined

  async function list(): Promise<readonly SeenMember[] | undefined> {
    try {
      const [at, fields] = (await ask([key], [forgetMs])) as [string, string[]]
      known = seenIn(Number(at), fields)
    } catch {
      // Redis is away.
    }
    return known
  }

  function beatNow(): void {
    if (redis.state() === 'away') return
    tell([key], [url, JSON.stringify(about)]).then(list, () => {})
    beat()
  }

  const unwatch = redis.watch((state) => {
    if (state === 'here') beatNow()
  })
  const heart = setInterval(beatNow, everyMs).unref()
  beatNow()
  return {
    list,
    async close() {
      clearInterval(heart)
      unwatch()
      await redis.ask((client) => client.hdel(key, url)).catch(() => {})
    },
  }
}

/** A member that ended without a word is named as one that does not answer for so long. */
const forgetMs = 3_600_000

function seenIn(now: number, fields: readonly string[]): SeenMember[] {
  const members: SeenMember[] = []
  for (let at = 0; at < fields.length; at += 2) {
    const [, seen, about = ''] = /^(\d+) (.*)$/s.exec(fields[at + 1] ?? '') ?? []
    const member = memberIn(fields[at] ?? '', about)
    if (member) members.push({ ...member, silentMs: Math.max(0, now - Number(seen)) })
  }
  return members.sort((one, other) => one.url.localeCompare(other.url))
}

/** Undefined for what no member of ours wrote. */
function memberIn(url: string, about: string): Member | undefined {
  try {
    const { roles, version, started } = JSON.parse(about)
    if (!Array.isArray(roles) || !URL.canParse(url)) return undefined
    return { url, roles: roles.map(String), version: String(version), started: Number(started) }
  } catch {
    return undefined
  }
}

const now = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Arguments: the address, and what is said of it. The key ends with the last of its members. */
const tellScript: Script = {
  keys: 1,
  lua: `${now}
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${forgetMs})`,
}

/** Argument: after how long a silent one is forgotten. */
const listScript: Script = {
  keys: 1,
  lua: `${now}
local fields = redis.call('HGETALL', KEYS[1])
local seen = {}
for i = 1, #fields, 2 do
  if now - tonumber(string.match(fields[i + 1], '^%d+')) > tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], fields[i])
  else
    seen[#seen + 1] = fields[i]
    seen[#seen + 1] = fields[i + 1]
  end
end
return { string.format('%.0f', now), seen }`,
}
