// Who we are to a Swift: a token and the address of the account, fetched once, renewed before it ends.
import { json, text } from 'node:stream/consumers'
import { Failure } from '../../errors.ts'
import type { HttpClient, HttpResponse } from '../http-client.ts'

/** TempAuth, and the clouds that kept its way (Rackspace's and SoftLayer's first version among them). */
export interface FirstAuth {
  readonly version: 1
  /** Whole, as in https://host/auth/v1.0 */
  readonly url: string
  readonly user: string
  readonly key: string
}

/** Keystone. */
export interface ThirdAuth {
  readonly version: 3
  /** Up to the version, as in https://host:5000/v3 */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly project: string
  readonly userDomain?: string
  readonly projectDomain?: string
  readonly region?: string
}

export type SwiftAuth = FirstAuth | ThirdAuth

export interface Session {
  readonly token: string
  /** The account: containers lie below it. */
  readonly storageUrl: string
  readonly expiresAt: number
}

export interface Sessions {
  current(): Promise<Session>
  /** After a server refused its token. */
  forget(session: Session): void
}

/** A token that expires soon might expire in the middle of a request's body. */
const renewEarlierMs = 300_000
/** Of a server that does not say: the shortest usual life. */
const unsaidLifeMs = 3_600_000

export function createSessions(http: HttpClient, auth: SwiftAuth, now: () => number): Sessions {
  let opening: Promise<Session> | undefined
  let known: Session | undefined

  function renew(): Promise<Session> {
    opening ??= login(http, auth, now())
      .then((session) => {
        known = session
        return session
      })
      .finally(() => {
        opening = undefined
      })
    return opening
  }

  return {
    async current() {
      if (known && known.expiresAt - now() > Math.min(renewEarlierMs, unsaidLifeMs / 2)) return known
      return renew()
    },
    forget(session) {
      if (known === session) known = undefined
    },
  }
}

const login = (http: HttpClient, auth: SwiftAuth, now: number): Promise<Session> =>
  auth.version === 1 ? loginFirst(http, auth, now) : loginThird(http, auth, now)

async function loginFirst(http: HttpClient, { url, user, key }: FirstAuth, now: number): Promise<Session> {
  const got = await http.send({ method: 'GET', url, headers: { 'x-auth-user': user, 'x-auth-key': key } })
  await text(got.body)
  const token = got.headers['x-auth-token']
  const storageUrl = got.headers['x-storage-url']
  if (got.status >= 300 || !token || !storageUrl) throw refused(got)
  const lifeMs = Number(got.headers['x-auth-token-expires'] ?? Number.NaN) * 1000 || unsaidLifeMs
  return { token, storageUrl, expiresAt: now + lifeMs }
}

interface Catalog {
  readonly token?: {
    readonly expires_at?: string
    readonly catalog?: readonly {
      readonly type: string
      readonly endpoints: readonly { interface: string; region?: string; url: string }[]
    }[]
  }
}

async function loginThird(http: HttpClient, auth: ThirdAuth, now: number): Promise<Session> {
  const got = await http.send({
    method: 'POST',
    url: `${auth.url.replace(/\/$/, '')}/auth/tokens`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(credentialsOf(auth)),
  })
  const { token: about } = (await json(got.body).catch(() => ({}))) as Catalog
  const token = got.headers['x-subject-token']
  const storageUrl = about?.catalog
    ?.find(({ type }) => type === 'object-store')
    ?.endpoints.find(
      (at) => at.interface === 'public' && (auth.region === undefined || at.region === auth.region),
    )?.url
  if (got.status >= 300 || !token) throw refused(got)
  if (!storageUrl) throw new Failure('upstream-failed', 'The cloud has no object storage in this region.')
  return { token, storageUrl, expiresAt: Date.parse(about?.expires_at ?? '') || now + unsaidLifeMs }
}

function credentialsOf(auth: ThirdAuth): unknown {
  const { user: name, password, project, userDomain = 'Default', projectDomain = 'Default' } = auth
  const user = { name, password, domain: { name: userDomain } }
  return {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: project, domain: { name: projectDomain } } },
    },
  }
}

/** The refused request is not shown: it may contain a secret. */
const refused = ({ status }: HttpResponse) => Object.assign(new Error(`login answered ${status}`), { status })
