// A JPEG whose end marker alone is missing, as cameras and interrupted copies leave it: every decoder shows it whole.
import type { Facts } from '../facts.ts'
import { isUnended, wholeUntil } from '../identify/jpeg-end.ts'
import { run } from './run.ts'
import { sharp } from './sharp.ts'

const end = Uint8Array.of(0xff, 0xd9)

/** With its end put back; the same bytes where nothing or more than that is amiss. */
export async function ended(source: Uint8Array, { format }: Pick<Facts, 'format'>): Promise<Uint8Array> {
  if (format !== 'jpeg' || !isUnended(source)) return source
  const whole = Buffer.concat([source, end])
  return (await hasEveryPixel(whole)) ? whole : source
}

/** A JPEG that is cut short as far as it goes, with an end; behind half of a table a decoder would give all of it up. */
export const cutToScans = (source: Uint8Array): Uint8Array =>
  Buffer.concat([source.subarray(0, wholeUntil(source)), end])

/** Whether a decoder takes it without a word of warning, but of what was too much in front of the end. */
async function hasEveryPixel(bytes: Uint8Array): Promise<boolean> {
  try {
    await run(sharp(bytes, { failOn: 'warning', limitInputPixels: false, autoOrient: false }).raw())
    return true
  } catch (thrown) {
    const { cause } = thrown as Error
    return cause instanceof Error && /extraneous bytes before marker 0xd9/.test(cause.message)
  }
}
