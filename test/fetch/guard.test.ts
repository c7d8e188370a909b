import { createSocket } from 'node:dgram'
import { lookup, Resolver } from 'node:dns/promises'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import dnsPacket from 'dns-packet'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mayConnect, parseAddressRules } from '../../fetch/addresses.ts'
import { createDownload } from '../../fetch/download.ts'
import { createGuard, type GuardOptions } from '../../fetch/guard.ts'
import { parseHostRule, permitRedirect } from '../../fetch/hosts.ts'
import { failureHeader } from '../../problem.ts'
import type { Answer } from '../../tier.ts'
import { aServer, aTrap, connectionsDuring, type Running } from '../origin/servers.ts'
import { aSignal } from '../signals.ts'

const limits = { headers: {}, maxBytes: 1e6, idleMs: 10_000, totalMs: 60_000, maxRedirects: 5 }

/** Asks for `url` with its own host on the allow-list, so that only the guard can refuse the address. */
async function ask(url: string, guard: GuardOptions, alsoAllowed: string[] = []): Promise<Answer> {
  const host = URL.canParse(url) ? new URL(url).host : ''
  const rules = [host, ...alsoAllowed].filter(Boolean).map(parseHostRule)
  const download = createDownload({ ...limits, rules, dispatcher: createGuard(guard) })
  return download({ path: `/${url}`, headers: {}, signal: aSignal() })
}

let trap: Running
// A host that is allowed and redirects to `target`. 127.77.77.77 is the one address these tests let pass.
const gate = { port: 0, target: '', close: async () => {} }
const throughGate: GuardOptions = {
  allowAddresses: ['127.77.77.77'],
  resolve: async (host) =>
    host === 'gate.example'
      ? ['127.77.77.77']
      : (await lookup(host, { all: true })).map(({ address }) => address),
}

beforeAll(async () => {
  trap = await aTrap()
  const site = await aServer((_, response) => {
    response.writeHead(302, { location: encodeURI(gate.target).replaceAll('%25', '%') }).end()
  }, '127.77.77.77')
  Object.assign(gate, { port: site.port, close: site.close })
})
beforeEach(() => {
  trap.count = 0
})
afterAll(() => Promise.all([trap.close(), gate.close()]))

/** Hosts as a URL may write them; each leads, or may lead on some machine, to a place that is not public. */
const hosts = [
  // loopback in all the notations that the old parsers take
  '127.0.0.1',
  '127.0.0.2',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.0x0.0x0.0x1',
  '0x7f.1',
  '127.0.0.1.',
  '0x7f000001.',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127%2e0%2e0%2e1',
  '%31%32%37.0.0.1',
  // this host, broadcast, the private networks
  '0.0.0.0',
  '0',
  '0x0',
  '0.1.2.3',
  '255.255.255.255',
  '4294967295',
  '10.0.0.1',
  '10.255.255.255',
  '012.0.0.1',
  '0x0a000001',
  '172.16.0.1',
  '172.31.255.255',
  '0xac.16.1',
  '192.168.0.1',
  '192.168.257',
  '3232235521',
  '030052000001',
  // carrier-grade NAT, link-local, metadata of the clouds
  '100.64.0.1',
  '100.127.255.254',
  '100.100.100.200',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.43518',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '168.63.129.16',
  '192.0.0.192',
  // multicast, benchmarking, documentation, reserved
  '224.0.0.1',
  '239.255.255.250',
  '198.18.0.1',
  '198.19.255.255',
  '192.0.2.1',
  '198.51.100.7',
  '203.0.113.9',
  '192.0.0.1',
  '192.88.99.1',
  '240.0.0.1',
  // IPv6
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::FFFF:7F00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:8.8.8.8]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::8.8.8.8]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b::8.8.8.8]',
  '[64:ff9b:1::a00:1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::1]',
  '[2002:c0a8:1::1]',
  '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  '[2001::1]',
  '[2a00:1450:4001:81b:0:5efe:10.0.0.1]',
  '[2a00:1450:4001:81b:200:5efe:127.0.0.1]',
  '[2a00:1450:4001:81b::5efe:a9fe:a9fe]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00::1]',
  '[fd00:ec2::254]',
  '[FD00:EC2::254]',
  '[ff02::1]',
  '[ff0e::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[2001:2::1]',
  '[2001:10::1]',
  '[2001:20::1]',
  '[100::1]',
  '[5f00::1]',
  '[4000::1]',
  '[::2]',
  '[fe80::1%25lo]',
  '[fe80::1%lo]',
  '[::1%25lo]',
  '[::1%251]',
  // names that the machine itself gives these addresses
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'loc%61lhost',
]

// Not a URL at all, or a name that this machine's resolver does not know ('localhost.'), is as good.
const refused = /^(forbidden-address|bad-address|source-failed)$/

describe('an address that is not public', () => {
  test.each(hosts)('http://%s is refused before any connection', async (host) => {
    let answer: Answer | undefined
    const tried = await connectionsDuring(async () => {
      answer = await ask(`http://${host}:${trap.port}/cat.png`, {})
    })
    expect(answer?.headers[failureHeader]).toMatch(refused)
    expect(tried).toBe(0)
    expect(trap.count).toBe(0)
  })

  test.each(hosts.filter((host) => !host.includes('l')))('https://%s too', async (host) => {
    const tried = await connectionsDuring(() => ask(`https://${host}:${trap.port}/cat.png`, {}))
    expect(tried + trap.count).toBe(0)
  })

  test.each(hosts)('a redirect from an allowed host to http://%s is refused', async (host) => {
    const target = `http://${host}:${trap.port}/cat.png`
    gate.target = target
    const also = URL.canParse(target) ? [new URL(target).host] : []
    const tried = await connectionsDuring(async () => {
      const answer = await ask(`http://gate.example:${gate.port}/`, throughGate, also)
      expect(answer.headers[failureHeader]).toMatch(refused)
    })
    expect(tried).toBe(1)
    expect(trap.count).toBe(0)
  })
})

describe('a name', () => {
  const url = () => `http://pictures.example:${trap.port}/cat.png`
  const answers = (...addresses: string[]) => ({ resolve: async () => addresses })

  test.each([
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    'fe80::1%lo',
    '0177.1',
    'junk',
  ])('that leads to %s is refused before any connection', async (address) => {
    const tried = await connectionsDuring(async () => {
      expect(await failure(ask(url(), answers(address)))).toBe('forbidden-address')
    })
    expect(tried + trap.count).toBe(0)
  })

  test('with one forbidden address among public ones is refused altogether', async () => {
    const tried = await connectionsDuring(async () => {
      expect(await failure(ask(url(), answers('8.8.8.8', '127.0.0.1')))).toBe('forbidden-address')
    })
    expect(tried).toBe(0)
  })

  test('that does not resolve is the source server’s failure', async () => {
    expect(await failure(ask(url(), answers()))).toBe('source-failed')
    const broken = { resolve: () => Promise.reject(new Error('ENOTFOUND')) }
    expect(await failure(ask(url(), broken))).toBe('source-failed')
  })

  test('is asked for once: a name server that changes its mind gains nothing', async () => {
    // The first answer is public in this test's eyes: the only address the source may reach, with a picture on it.
    const names = await aNameServer(['127.77.77.77', '127.0.0.1', '127.0.0.1'])
    const site = await aServer((_, response) => response.end('hello'), '127.77.77.77')
    const rebinding = { allowAddresses: ['127.77.77.77'], resolve: names.resolve }
    expect((await ask(`http://rebind.example:${site.port}/`, rebinding)).body.toString()).toBe('hello')
    expect(names.asked).toBe(1)
    const tried = await connectionsDuring(async () => {
      expect(await failure(ask(`http://rebind.example:${trap.port}/`, rebinding))).toBe('forbidden-address')
    })
    expect(tried + trap.count).toBe(0)
    await Promise.all([site.close(), names.close()])
  })

  test('is checked again for every new connection of one guard, and a kept connection is the checked one', async () => {
    const addresses = ['127.77.77.77', '127.0.0.1']
    let asked = 0
    const resolve = async () => [addresses[Math.min(asked++, 1)] ?? '']
    const dispatcher = createGuard({ allowAddresses: ['127.77.77.77'], resolve })
    let isClosing = false
    const site = await aServer((_, response) => {
      if (isClosing) response.setHeader('connection', 'close')
      response.end('hello')
    }, '127.77.77.77')
    const rules = [parseHostRule(`rebind.example:${site.port}`)]
    const download = createDownload({ ...limits, rules, dispatcher })
    const get = () =>
      download({ path: `/http://rebind.example:${site.port}/`, headers: {}, signal: aSignal() })
    expect((await get()).status).toBe(200)
    isClosing = true
    // The connection is free again once undici has left the response's last callback.
    await new Promise(setImmediate)
    expect((await get()).status).toBe(200)
    expect(asked).toBe(1)
    expect((await get()).headers[failureHeader]).toBe('forbidden-address')
    expect(asked).toBe(2)
    await site.close()
  })

  test('keeps its Host', async () => {
    const site = await aServer((request, response) => response.end(request.headers.host))
    const known = { allowAddresses: ['127.0.0.1/32'], ...answers('127.0.0.1') }
    const answer = await ask(`http://pictures.example:${site.port}/`, known)
    expect(answer.body.toString()).toBe(`pictures.example:${site.port}`)
    await site.close()
  })
})

test('TLS is asked for the name and not for the pinned address, and its certificate must be good', async () => {
  const names: string[] = []
  const server = createTlsServer({
    SNICallback: (name, done) => {
      names.push(name)
      done(new Error('no certificate'))
    },
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const known = { allowAddresses: ['127.0.0.1'], resolve: async () => ['127.0.0.1'] }
  expect(await failure(ask(`https://pictures.example:${port}/`, known))).toBe('source-failed')
  expect(new Set(names)).toEqual(new Set(['pictures.example']))
  server.close()
})

test('a redirect may gain encryption and not lose it', () => {
  const rules = [parseHostRule('a.example')]
  const secure = new URL('https://a.example/1')
  const open = new URL('http://a.example/1')
  expect(permitRedirect(open, 'https://a.example/2', rules).href).toBe('https://a.example/2')
  expect(permitRedirect(open, '2', rules).href).toBe('http://a.example/2')
  expect(() => permitRedirect(secure, 'http://a.example/2', rules)).toThrow('leaves https')
})

test.each(['', '*', '*.*', 'a.example/path', 'user@a.example', 'a.example?x', 'a b', 'http://a.example'])(
  '%j is no host of an allow-list',
  (text) => {
    expect(() => parseHostRule(text)).toThrow('not a host name')
  },
)

describe('a rule of allowed addresses', () => {
  test('opens what it names and nothing else', () => {
    const rules = parseAddressRules(['127.0.0.1', '10.1.0.0/16', 'fd12::/16'])
    const open = ['127.0.0.1', '10.1.255.1', 'fd12::1', '8.8.8.8', '2606:4700::1111']
    const shut = ['127.0.0.2', '10.2.0.1', 'fd13::1', '::ffff:127.0.0.1', '::1', '']
    expect(open.filter((address) => !mayConnect(address, rules))).toEqual([])
    expect(shut.filter((address) => mayConnect(address, rules))).toEqual([])
  })

  test.each(['localhost', '10.0.0.0/33', '', '1.2.3.4/'])('%j is no rule', (rule) => {
    expect(() => parseAddressRules([rule])).toThrow('neither an address nor a CIDR')
  })
})

async function failure(answer: Promise<Answer>): Promise<string | undefined> {
  return (await answer).headers[failureHeader]
}

/** A name server that gives its addresses in turn, and a resolver that asks it. */
async function aNameServer(addresses: string[]) {
  const socket = createSocket('udp4')
  const server = { asked: 0, resolve, close: async () => void socket.close() }
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = dnsPacket.decode(message)
    const name = questions[0]?.name ?? ''
    const answers = [{ type: 'A' as const, name, ttl: 0, data: addresses[server.asked++] ?? '127.0.0.1' }]
    const flags = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE
    socket.send(dnsPacket.encode({ type: 'response', id: id ?? 0, flags, questions, answers }), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  async function resolve(host: string): Promise<string[]> {
    return resolver.resolve4(host)
  }
  return server
}
