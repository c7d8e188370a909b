// Addresses signed as their own language signs: the check values of the services, and what is refused.
import { createCipheriv, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { EdgeSource } from '../../edge/exact-request.ts'
import { cloudinarySignature, tokenSignature } from '../../edge/languages/cloudinary/signature.ts'
import { signatureOf } from '../../edge/languages/imgproxy/signature.ts'
import { thumborSignature } from '../../edge/languages/thumbor/signature.ts'
import { sign } from '../../edge/signature.ts'
import { kindOf } from '../refusals.ts'
import { aSpeaker, mountOf, sources } from './spoken.ts'

const assets = mountOf('imgproxy').prefix

describe('imgproxy', () => {
  const pair = { key: '00112233445566778899aabbccddeeff', salt: 'a0b1c2d3e4f5' }
  const first = '/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png'
  const plain = '/rs:fit:640:480/plain/https://assets.example.org/a/b.jpg@webp'
  const base64 = '/w:320/q:70/aHR0cHM6Ly9hc3NldHMuZXhhbXBsZS5vcmcvYS9iLmpwZw.avif'

  test('signs as the reference does', () => {
    const hello = { key: '736563726574', salt: '68656c6c6f' }
    expect(signatureOf(hello, first)).toBe('oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8')
    expect(signatureOf(pair, plain)).toBe('RIuHMhXbs2DnIT7vrNPh4fYQEB5XtvRY8plpQ9CPxaE')
    expect(signatureOf(pair, base64)).toBe('ugSmr0Td5NNqNzvAM1-v21dGfjaoib922aBD-EpOGfE')
    expect(signatureOf(pair, plain, 16)).toBe('RIuHMhXbs2DnIT7vrNPh4Q')
  })

  const { exactly } = aSpeaker([
    mountOf('imgproxy', { keys: [{ key: 'ff', salt: 'ff' }, pair], trusted: ['trusted-word'] }),
  ])
  const short = aSpeaker([mountOf('imgproxy', { keys: [pair], signatureSize: 16 })])
  const right = signatureOf(pair, plain)

  test.each([
    ['its own signature', `/${right}${plain}`, 'passes'],
    ['padding', `/${right}=${plain}`, 'passes'],
    ['a trusted word', `/trusted-word${plain}`, 'passes'],
    ['merged slashes', `/${right}${plain.replace('https://', 'https:/')}`, 'passes'],
    ['encoded colons', `/${right}${plain.replace('rs:fit:640', 'rs%3Afit%3A640')}`, 'passes'],
    [
      'a signed info',
      `/info/${signatureOf(pair, '/plain/https://assets.example.org/a.jpg')}/plain/https://assets.example.org/a.jpg`,
      'passes',
    ],
    ['another size', `/${right}${plain.replace('640', '641')}`, 'bad-signature'],
    ['another source', `/${right}${plain.replace('b.jpg', 'c.jpg')}`, 'bad-signature'],
    ['a letter less', `/${right.slice(0, -1)}${plain}`, 'bad-signature'],
    ['unsafe', `/unsafe${plain}`, 'bad-signature'],
    ['nothing', `/_${plain}`, 'bad-signature'],
  ])('%s: %s', (_, address, kind) => {
    expect(kindOf(() => exactly(assets + address))).toBe(kind)
  })

  test('a signature that is cut counts so far, and an end holds', () => {
    expect(kindOf(() => short.exactly(`${assets}/${right.slice(0, 22)}${plain}`))).toBe('bad-signature')
    expect(kindOf(() => short.exactly(`${assets}/${signatureOf(pair, plain, 16)}${plain}`))).toBe('passes')
    for (const [seconds, kind] of [
      ['1900000000', 'passes'],
      ['1700000000', 'expired'],
    ] as const) {
      const ending = `/exp:${seconds}${plain}`
      expect(kindOf(() => exactly(`${assets}/${signatureOf(pair, ending)}${ending}`))).toBe(kind)
    }
  })

  test('an encrypted source is read with its key, and with no other', () => {
    const encryptionKey = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
    const iv = Buffer.alloc(16, 7)
    const cipher = createCipheriv('aes-256-cbc', Buffer.from(encryptionKey, 'hex'), iv)
    const bytes = Buffer.concat([iv, cipher.update('https://assets.example.org/a/b.jpg'), cipher.final()])
    const address = `${assets}/_/w:640/enc/${bytes.toString('base64url')}.webp`
    const { exactly: opened } = aSpeaker([mountOf('imgproxy', { encryptionKey })])
    expect(opened(address).path).toBe(opened('/shop/a/b.jpg?w=640&fit=max&fm=webp').path)
    const other = aSpeaker([mountOf('imgproxy', { encryptionKey: encryptionKey.replaceAll('0', '1') })])
    expect(kindOf(() => other.exactly(address))).toBe('bad-address')
    expect(kindOf(() => opened(`${assets}/_/w:640/enc/${'A'.repeat(64)}`))).toBe('bad-address')
  })
})

describe('thumbor', () => {
  const key = 'river-stone-42'
  const { prefix } = mountOf('thumbor')
  const { exactly } = aSpeaker([mountOf('thumbor', { keys: ['another-key', key] })])
  const text = 'fit-in/400x300/filters:quality(80):format(webp)/assets.example.org/a/b.jpg'

  test('signs as the reference does', () => {
    expect(thumborSignature(key, '300x200/smart/photos/cat.jpg')).toBe('SOC5iUfqwKgJSRPtbJBUEq2x3Ew=')
    expect(thumborSignature(key, text)).toBe('q2s8qMq_M48yjCTFbWtD-spZLMQ=')
  })

  test.each([
    ['its own signature', `/${thumborSignature(key, text)}/${text}`, 'passes'],
    ['the sign encoded', `/${thumborSignature(key, text).replace('=', '%3D')}/${text}`, 'passes'],
    ['another size', `/${thumborSignature(key, text)}/${text.replace('400', '401')}`, 'bad-signature'],
    ['another key', `/${thumborSignature('third-key', text)}/${text}`, 'bad-signature'],
    ['unsafe', `/unsafe/${text}`, 'bad-signature'],
    ['no padding', `/${thumborSignature(key, text).slice(0, -1)}/${text}`, 'bad-signature'],
  ])('%s: %s', (_, address, kind) => {
    expect(kindOf(() => exactly(prefix + address))).toBe(kind)
  })

  test('imagor may sign with another digest, and cut it', () => {
    const settings = { algorithm: 'sha256', signatureLength: 40 } as const
    const { exactly } = aSpeaker([mountOf('thumbor', { keys: [key], ...settings })])
    expect(kindOf(() => exactly(`${prefix}/${thumborSignature(key, text, settings)}/${text}`))).toBe('passes')
    expect(kindOf(() => exactly(`${prefix}/${thumborSignature(key, text)}/${text}`))).toBe('bad-signature')
  })
})

describe('Cloudinary', () => {
  const secret = 'cl-secret-1'
  const { prefix } = mountOf('cloudinary')
  const tokenKey = '00112233445566778899aabbccddeeff'
  const { exactly } = aSpeaker([mountOf('cloudinary', { secrets: [secret], tokenKeys: [tokenKey] })])

  test('signs as the reference does', () => {
    const text = 'c_fill,h_300,w_400/folder/cat.jpg'
    expect(cloudinarySignature(text, secret)).toBe('VuFnywKT')
    expect(cloudinarySignature(text, secret, { isLong: true })).toBe('I-NNqmuzKn-vOCI03ctULRNx2lSnPtbG')
    expect(cloudinarySignature('cat.jpg', secret)).toBe('-o5eYgmZ')
    expect(cloudinarySignature('cat.jpg', secret, { isLong: true })).toBe('_rWYvB3ifG8yKdZMt_kEsyYS12BwBAXi')
    expect(tokenSignature(tokenKey, 'exp=1900000000~acl=%2fimage%2fauthenticated%2f*')).toBe(
      '4b399ec610a6672c9b723e26b4f0edc12e475ec1ee182c748a090289f6e76717',
    )
  })

  const token = (fields: string, signed = fields) =>
    `__cld_token__=${fields}~hmac=${tokenSignature(tokenKey, signed)}`
  const acl = 'exp=1900000000~acl=%2fimage%2fauthenticated%2f*'
  test.each([
    ['short', '/demo/image/upload/s--VuFnywKT--/c_fill,h_300,w_400/folder/cat.jpg', 'passes'],
    ['with a version', '/demo/image/upload/s--VuFnywKT--/c_fill,h_300,w_400/v1/folder/cat.jpg', 'passes'],
    [
      'long',
      '/demo/image/upload/s--I-NNqmuzKn-vOCI03ctULRNx2lSnPtbG--/c_fill,h_300,w_400/folder/cat.jpg',
      'passes',
    ],
    ['of the file itself', '/demo/image/upload/s---o5eYgmZ--/cat.jpg', 'passes'],
    ['another size', '/demo/image/upload/s--VuFnywKT--/c_fill,h_300,w_401/folder/cat.jpg', 'bad-signature'],
    ['another file', '/demo/image/upload/s--VuFnywKT--/c_fill,h_300,w_400/folder/dog.jpg', 'bad-signature'],
    ['none', '/demo/image/upload/c_fill,h_300,w_400/folder/cat.jpg', 'bad-signature'],
    ['a token', `/demo/image/authenticated/w_10/cat.jpg?${token(acl)}`, 'passes'],
    ['a token for other paths', `/demo/image/upload/w_10/cat.jpg?${token(acl)}`, 'bad-signature'],
    [
      'a token that was changed',
      `/demo/image/authenticated/w_10/cat.jpg?${token(acl).replace('exp=19', 'exp=20')}`,
      'bad-signature',
    ],
    [
      'a token of the past',
      `/demo/image/authenticated/w_10/cat.jpg?${token(acl.replace('19', '17'))}`,
      'expired',
    ],
    ['half a token', '/demo/image/authenticated/w_10/cat.jpg?__cld_token__=exp=1900000000', 'bad-signature'],
  ])('%s: %s', (_, address, kind) => {
    expect(kindOf(() => exactly(prefix + address))).toBe(kind)
  })
})

describe('a language that does not sign', () => {
  const keys = ['a-key-of-sixteen-letters']
  const signed: ReadonlyMap<string, EdgeSource> = new Map([
    ...sources,
    ['photos', { signing: { scheme: 'hmac-sha256', keys }, defaults: '' } as const],
  ])

  test.each(['cloudflare', 'ipx', 'thumbor', 'cloudinary', 'imgproxy'] as const)(
    '%s is no way round the signature of a source',
    (name) => {
      const { prefix } = mountOf(name)
      const { exactly } = aSpeaker([mountOf(name)])
      const address = {
        cloudflare: '/w=9/a.jpg',
        ipx: '/w_9/a.jpg',
        thumbor: '/unsafe/9x9/a.jpg',
        cloudinary: '/image/upload/w_9/a.jpg',
        imgproxy: '/_/w:9/plain/a.jpg',
      }[name]
      expect(kindOf(() => exactly(prefix + address, '', signed))).toBe('bad-signature')
      const whole = sign(prefix + address, { scheme: 'hmac-sha256', keys })
      expect(kindOf(() => exactly(whole, '', signed))).toBe('passes')
      const s = createHmac('sha256', 'another key')
        .update(prefix + address)
        .digest('base64url')
      expect(kindOf(() => exactly(`${prefix}${address}?s=${s}`, '', signed))).toBe('bad-signature')
    },
  )

  test('nor is the picture that stands in for a missing one', () => {
    const { exactly } = aSpeaker([
      mountOf('cloudinary', { source: 'shop' }),
      mountOf('imgproxy', { source: 'photos' }),
    ])
    const fallback = (address: string) => exactly(address, '', signed).fallback
    expect(fallback('/cloudinary/image/upload/d_none.png/a.jpg')).toBe('/shop/none.png')
    const other = Buffer.from('https://assets.example.org/none.png').toString('base64url')
    const own = Buffer.from('/photos/secret.png').toString('base64url')
    const target = (text: string) => `/imgproxy/_/fiu:${text}/plain/https://assets.example.org/a.jpg`
    expect(fallback(target(other))).toBe('/shop/none.png')
    expect(fallback(target(own))).toBeUndefined()
  })
})
