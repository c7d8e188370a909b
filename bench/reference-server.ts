// The reference for a trace: sharp at imgproxy's default settings, over HTTP, its sources too. It keeps nothing: nginx in
// front of it does. `/{class}/{width}/{path}`, where the class is what nginx made of Accept.
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import sharp, { type Sharp } from 'sharp'

const [sources = '', port = '0'] = process.argv.slice(2)

sharp.concurrency(1)
sharp.cache(false)

const encoders: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  avif: (image) => image.avif({ quality: 63, effort: 1, chromaSubsampling: '4:2:0' }),
  webp: (image) => image.webp({ quality: 79, effort: 4 }),
  jpeg: (image) => image.jpeg({ quality: 80 }),
}

const waiting: (() => void)[] = []
let free = availableParallelism()

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await new Promise<void>((go) => waiting.push(go))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
}

const server = createServer(async (request, response) => {
  const [, format = '', width, path] = /^\/(avif|webp|jpeg)\/(\d+)\/(.*)/.exec(request.url ?? '') ?? []
  const encode = encoders[format]
  if (!encode) return void response.writeHead(404).end()
  const body = await inTurn(async () => {
    const source = Buffer.from(await (await fetch(`${sources}/${path}`)).arrayBuffer())
    return encode(
      sharp(source)
        .autoOrient()
        .resize({ width: Number(width), withoutEnlargement: true }),
    ).toBuffer()
  })
  const headers = { 'content-type': `image/${format}`, 'cache-control': 'public, max-age=86400' }
  response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
})
server.listen(Number(port), '127.0.0.1')
