// Who may see a page that carries the demo's keys: a browser on this very machine, and nobody who pretends to be one.

const names = new Set(['127.0.0.1', 'localhost', '[::1]'])

// A proxy on this machine that brings strangers says so in one of these, if it says anything.
const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/**
 * A page elsewhere can make its own name point at 127.0.0.1 (DNS rebinding) and then read what we answer. The browser
 * still sends that name as Host, so only the names of loopback itself are trusted.
 */
export function isNearby(header: (name: string) => string | undefined): boolean {
  const host = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d{1,5})?$/i.exec(header('host') ?? '')?.[1]
  return host !== undefined && names.has(host.toLowerCase()) && !proxied.some((name) => header(name))
}
