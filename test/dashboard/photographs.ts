// Something like a photograph, small and quickly made; another one for each seed.
import sharp from 'sharp'

export const noisy = (seed: number, size = { width: 320, height: 240 }): Promise<Buffer> =>
  sharp({
    create: {
      ...{ ...size, channels: 3, background: '#d92f86' },
      noise: { type: 'gaussian', mean: 128, sigma: 10 + seed },
    },
  })
    .blur(1.2)
    .jpeg({ quality: 96 })
    .toBuffer()
