// The answer to format=json in Cloudflare's shape.
import type { Answer } from '../../../tier.ts'
import { reshaped } from '../shared/facts.ts'

export const cloudflareFacts = (answer: Answer): Answer =>
  reshaped(answer, 'cf', ({ width, height, type, bytes }) => ({
    width,
    height,
    original: { file_size: bytes, width, height, format: type },
  }))
