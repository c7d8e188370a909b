// A front with TLS and HTTP/2 that passes early hints on, as nginx does from 1.29 on.
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { constants, createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface TlsFront {
  readonly port: number
  /** By which Chromium is told that the certificate is good. */
  readonly keyDigest: string
  close(): void
}

const ofConnections = ['connection', 'keep-alive', 'transfer-encoding']

export interface TlsFrontOptions {
  /** For key and certificate, which openssl makes. */
  readonly folder: string
  /** Where everything goes on to. */
  readonly upstream: string
  /** Told of each request's path. */
  readonly seen: (path: string) => void
}

export async function aTlsFront({ folder, upstream, seen }: TlsFrontOptions): Promise<TlsFront> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', ...kind, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const { hostname, port } = new URL(upstream)
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) })
  const open = new Set<{ destroy(): void }>()
  server.on('session', (session) => {
    open.add(session)
    session.once('close', () => open.delete(session))
  })
  server.on('stream', (stream, fields) => {
    const { ':path': path, ':method': method, ':authority': host, ...rest } = fields
    seen(path ?? '')
    const headers = Object.entries(rest).filter(([name]) => !name.startsWith(':'))
    const asking = request({
      ...{ hostname, port, path, method },
      headers: {
        ...Object.fromEntries(headers),
        host,
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '10.0.0.1',
      },
    })
    asking.on('information', ({ statusCode, headers }) => hint(stream, statusCode, headers))
    asking.on('response', (res) => {
      if (stream.destroyed) return void res.destroy()
      const kept = Object.entries(res.headers).filter(([name]) => !ofConnections.includes(name))
      stream.respond({ ':status': res.statusCode ?? 502, ...Object.fromEntries(kept) })
      res.pipe(stream)
    })
    asking.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    stream.on('error', () => asking.destroy())
    stream.pipe(asking)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const spki = new X509Certificate(readFileSync(cert)).publicKey.export({ type: 'spki', format: 'der' })
  return {
    port: (server.address() as AddressInfo).port,
    keyDigest: createHash('sha256').update(spki).digest('base64'),
    close() {
      for (const session of open) session.destroy()
      server.close()
    },
  }
}

function hint(stream: ServerHttp2Stream, status: number, headers: object): void {
  if (!stream.destroyed && !stream.headersSent) stream.additionalHeaders({ ':status': status, ...headers })
}
