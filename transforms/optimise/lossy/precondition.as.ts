// @ts-nocheck AssemblyScript, not TypeScript: RGB for 4:2:0 JPEG such that luminance survives the averaging of colour.
// Rebuild: npx asc transforms/optimise/lossy/precondition.as.ts -o transforms/optimise/lossy/precondition.wasm -O3 --noAssert --runtime stub

/** Linear light of the 256 levels, and the level of each of 4096 steps of linear light. */
const linearOf = memory.data(1024, 16)
const levelOf = memory.data(16388, 16)
/** Of the four pixels of the block at hand. */
const lumas = memory.data(16, 16)

let pixels: usize = 0
let blue: usize = 0
let red: usize = 0

export function linearTable(): usize {
  return linearOf
}
export function levelTable(): usize {
  return levelOf
}

/** Lays out a picture; where its pixels go, and come back; 0 where memory cannot hold it. */
export function prepare(width: i32, height: i32): usize {
  const blocks = <usize>((width + 1) >> 1) * ((height + 1) >> 1) * 4
  pixels = (__heap_base + 15) & ~15
  blue = (pixels + <usize>width * height * 3 + 15) & ~15
  red = blue + blocks
  const missing = <i64>(red + blocks) - ((<i64>memory.size()) << 16)
  if (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0) return 0
  return pixels
}

export function run(width: i32, height: i32): void {
  average(width, height)
  for (let y = 0; y < (height + 1) >> 1; y++)
    for (let x = 0; x < (width + 1) >> 1; x++) correct(x, y, width, height)
}

function light(level: f32): f32 {
  const at = max<f32>(0, min<f32>(255, level))
  const low = <i32>at
  const high = min(255, low + 1)
  const a = load<f32>(linearOf + ((<usize>low) << 2))
  return a + (load<f32>(linearOf + ((<usize>high) << 2)) - a) * (at - <f32>low)
}

function level(light: f32): f32 {
  // Steps are even in the square root: dark levels lie close together in linear light.
  const at = max<f32>(0, min<f32>(4096, Mathf.sqrt(light) * 4096))
  const low = min(4095, <i32>at)
  const a = load<f32>(levelOf + ((<usize>low) << 2))
  return a + (load<f32>(levelOf + ((<usize>low) << 2), 4) - a) * (at - <f32>low)
}

/** The chroma of each 2 by 2 block: that of its mean in linear light. */
function average(width: i32, height: i32): void {
  const across = (width + 1) >> 1
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2) {
      let r: f32 = 0,
        g: f32 = 0,
        b: f32 = 0
      for (let i = 0; i < 4; i++) {
        const px = min(x + (i & 1), width - 1)
        const py = min(y + (i >> 1), height - 1)
        const at = pixels + <usize>(py * width + px) * 3
        r += load<f32>(linearOf + ((<usize>load<u8>(at)) << 2))
        g += load<f32>(linearOf + ((<usize>load<u8>(at, 1)) << 2))
        b += load<f32>(linearOf + ((<usize>load<u8>(at, 2)) << 2))
      }
      r = level(r * 0.25)
      g = level(g * 0.25)
      b = level(b * 0.25)
      const block = (<usize>((y >> 1) * across + (x >> 1))) << 2
      store<f32>(blue + block, -0.168736 * r - 0.331264 * g + 0.5 * b)
      store<f32>(red + block, 0.5 * r - 0.418688 * g - 0.081312 * b)
    }
}

/** What a decoder makes of the blocks around a pixel: weights 9, 3, 3, 1 (libjpeg's "fancy" upsampling). */
function smooth(plane: usize, x: i32, y: i32, width: i32, height: i32): f32 {
  const across = (width + 1) >> 1
  const below = (height + 1) >> 1
  const bx = x >> 1,
    by = y >> 1
  const nx = max(0, min(across - 1, bx + (x & 1 ? 1 : -1)))
  const ny = max(0, min(below - 1, by + (y & 1 ? 1 : -1)))
  const near = load<f32>(plane + ((<usize>(by * across + bx)) << 2))
  const side = load<f32>(plane + ((<usize>(by * across + nx)) << 2))
  const over = load<f32>(plane + ((<usize>(ny * across + bx)) << 2))
  const far = load<f32>(plane + ((<usize>(ny * across + nx)) << 2))
  return (9 * near + 3 * side + 3 * over + far) * 0.0625
}

function luminance(y: f32, cb: f32, cr: f32): f32 {
  return (
    0.2126 * light(y + 1.402 * cr) +
    0.7152 * light(y - 0.344136 * cb - 0.714136 * cr) +
    0.0722 * light(y + 1.772 * cb)
  )
}

/** The luma with which the decoded pixel is as bright as the original: two steps of Newton. */
function lumaFor(x: i32, y: i32, width: i32, height: i32): f32 {
  const at = pixels + <usize>(y * width + x) * 3
  const r = <f32>load<u8>(at),
    g = <f32>load<u8>(at, 1),
    b = <f32>load<u8>(at, 2)
  const cb = smooth(blue, x, y, width, height)
  const cr = smooth(red, x, y, width, height)
  const plain: f32 = 0.299 * r + 0.587 * g + 0.114 * b
  // Most pixels have their block's colour: nothing to make up for.
  const offBlue = abs<f32>(cb - (b - plain) * 0.564334),
    offRed = abs<f32>(cr - (r - plain) * 0.713267)
  if (max<f32>(offBlue, offRed) < 1.5) return plain
  const wanted: f32 = 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b)
  let luma = plain
  for (let i = 0; i < 2; i++) {
    const now: f32 = luminance(luma, cb, cr)
    const slope: f32 = luminance(luma + 1, cb, cr) - now
    if (slope < 0.00001) break
    luma += max<f32>(-24, min<f32>(24, (wanted - now) / slope))
  }
  return max<f32>(0, min<f32>(255, luma))
}

/**
 * Gives the pixels of a block its chroma and their own luma. Where a colour does not exist (white with some red), it
 * loses chroma and keeps luma, and what is lost goes to the block's other pixels.
 */
function correct(bx: i32, by: i32, width: i32, height: i32): void {
  const across = (width + 1) >> 1
  const block = (<usize>(by * across + bx)) << 2
  const wantedBlue = load<f32>(blue + block)
  const wantedRed = load<f32>(red + block)
  const right = min(bx * 2 + 1, width - 1)
  const below = min(by * 2 + 1, height - 1)
  for (let i = 0; i < 4; i++)
    store<f32>(lumas + (i << 2), lumaFor(i & 1 ? right : bx * 2, i >> 1 ? below : by * 2, width, height))
  let cb = wantedBlue
  let cr = wantedRed
  for (let round = 0; round < 4; round++) {
    let kept: f32 = 0
    for (let i = 0; i < 4; i++) kept += room(load<f32>(lumas + (i << 2)), cb, cr)
    if (kept >= 3.99) break
    cb += wantedBlue - cb * kept * 0.25
    cr += wantedRed - cr * kept * 0.25
  }
  for (let i = 3; i >= 0; i--) {
    const at = pixels + <usize>((i >> 1 ? below : by * 2) * width + (i & 1 ? right : bx * 2)) * 3
    const luma = load<f32>(lumas + (i << 2))
    const part = room(luma, cb, cr)
    write(at, luma, cb * part, cr * part)
  }
}

/** How much of a chroma, from 0 to 1, exists at a luma. */
function room(luma: f32, cb: f32, cr: f32): f32 {
  const r: f32 = 1.402 * cr
  const g: f32 = -0.344136 * cb - 0.714136 * cr
  const b: f32 = 1.772 * cb
  return min<f32>(fits(luma, r), min<f32>(fits(luma, g), fits(luma, b)))
}

function fits(luma: f32, step: f32): f32 {
  if (step > 0) return min<f32>(1, (255 - luma) / step)
  if (step < 0) return min<f32>(1, luma / -step)
  return 1
}

function write(at: usize, luma: f32, cb: f32, cr: f32): void {
  store<u8>(at, byte(luma + 1.402 * cr))
  store<u8>(at, byte(luma - 0.344136 * cb - 0.714136 * cr), 1)
  store<u8>(at, byte(luma + 1.772 * cb), 2)
}

function byte(value: f32): u8 {
  return <u8>max<f32>(0, min<f32>(255, value + 0.5))
}
