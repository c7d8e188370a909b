// Whether the policies of a page let it have a picture from another path of its own host (CSP 3, 6.7.2). Pure. What is not
// understood counts as a no.
import type { PageAddress } from './addresses.ts'

/** `policies`: values of Content-Security-Policy; each may hold several with commas between. */
export const mayShow = (policies: readonly string[], picture: PageAddress): boolean =>
  policies
    .flatMap((value) => value.split(','))
    .every((policy) => {
      const sources = sourcesOf(policy)
      return sources === undefined || sources.some((source) => covers(source, picture))
    })

/** Undefined where the policy says nothing of pictures. */
function sourcesOf(policy: string): readonly string[] | undefined {
  const directives = new Map<string, readonly string[]>()
  for (const directive of policy.split(';')) {
    const [name = '', ...values] = directive.trim().split(/\s+/)
    // The first of a name counts.
    if (!directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values)
  }
  return directives.get('img-src') ?? directives.get('default-src')
}

function covers(source: string, { scheme, host, target }: PageAddress): boolean {
  const said = source.toLowerCase()
  if (said === '*' || said === "'self'" || said === `${scheme}:`) return true
  const [, ownScheme, name = '', path] = /^(?:(https?):\/\/)?([^/]+)(\/.*)?$/.exec(source) ?? []
  if (ownScheme !== undefined && ownScheme.toLowerCase() !== scheme) return false
  const isHost = name.startsWith('*.')
    ? host.endsWith(name.slice(1).toLowerCase())
    : name.toLowerCase() === host
  if (!isHost) return false
  if (path === undefined || path === '/') return true
  const [asked = ''] = target.split('?')
  return path.endsWith('/') ? asked.startsWith(path) : asked === path
}
