// Sources in formats that nothing here writes: small ones, made byte by byte, and what is told of a made picture.
import { spawnSync } from 'node:child_process'
import sharp from 'sharp'
import { exact, type FormatClass, identifySource, onPage, parse, plan } from '../transforms/index.ts'
import { render } from '../transforms/render/apply.ts'

/** Whether a program can be started. */
export const isInstalled = (...names: string[]): boolean =>
  names.some((name) => spawnSync(name, ['-h']).error === undefined)

/** What a query makes of a source, as the origin does it. */
export async function madeOf(source: Uint8Array, query: string, formats: FormatClass = 'basic') {
  const spec = exact(parse(query), { formats, saveData: false })
  const facts = onPage(identifySource(source), spec.page)
  return render(source, plan(spec, facts), { facts })
}

/** The colour at shares of the sides, with alpha. */
export async function colourAt(body: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(body).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4
  return [...data.subarray(at, at + 4)]
}

export interface Photoshop {
  readonly width: number
  readonly height: number
  readonly depth?: number
  readonly mode?: number
  /** The channels one after the other, as they are stored. */
  readonly planes: readonly Uint8Array[]
  readonly table?: Uint8Array
  readonly resources?: Uint8Array
  /** Of layers; below zero where the channel behind the colours is transparency. */
  readonly layers?: number
  readonly packing?: number
}

export function photoshop({
  width,
  height,
  depth = 8,
  mode = 3,
  planes,
  table = new Uint8Array(),
  resources = new Uint8Array(),
  layers = 0,
  packing = 0,
}: Photoshop): Buffer {
  const head = Buffer.alloc(26)
  head.write('8BPS', 'latin1')
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(planes.length, 12)
  head.writeUInt32BE(height, 14)
  head.writeUInt32BE(width, 18)
  head.writeUInt16BE(depth, 22)
  head.writeUInt16BE(mode, 24)
  const layerInfo = Buffer.alloc(layers === 0 ? 0 : 8)
  if (layers !== 0) {
    layerInfo.writeUInt32BE(4)
    layerInfo.writeInt16BE(layers, 4)
  }
  const kind = Buffer.from([0, packing])
  return Buffer.concat([head, sized(table), sized(resources), sized(layerInfo), kind, ...planes])
}

const sized = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** An image resource of Photoshop's. */
export function resource(id: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(12)
  head.write('8BIM', 'latin1')
  head.writeUInt16BE(id, 4)
  head.writeUInt32BE(content.length, 8)
  return Buffer.concat([head, content, Buffer.alloc(content.length & 1)])
}

type Field = readonly [tag: number, type: number, value: number]

/** A TIFF with directories of numbers, the second below the first, and data behind them; `at` says where the data begin. */
export function sensorFile(
  directories: (at: number) => readonly (readonly Field[])[],
  data: Uint8Array,
): Buffer {
  const sizes = directories(0).map((fields) => 2 + fields.length * 12 + 4)
  const at = 8 + sizes.reduce((sum, size) => sum + size, 0)
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  const written = directories(at).map((fields, n) => {
    const directory = Buffer.alloc(sizes[n] ?? 0)
    directory.writeUInt16LE(fields.length)
    fields.forEach(([tag, type, value], i) => {
      directory.writeUInt16LE(tag, 2 + i * 12)
      directory.writeUInt16LE(type, 4 + i * 12)
      directory.writeUInt32LE(1, 6 + i * 12)
      directory.writeUInt32LE(value, 10 + i * 12)
    })
    return directory
  })
  return Buffer.concat([head, ...written, data])
}
