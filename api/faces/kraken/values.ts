// The values of Kraken's JSON as its many clients spell them: yes and no as text, colours as in CSS.
import { z } from 'zod'

const meant: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  false: false,
  '0': false,
  '': false,
}

/** Reference section 12: "Some clients send "true" strings; accept them"; PHP sends 1 and 0. Null is not given. */
export const flag = z
  .union([z.boolean(), z.literal([0, 1, 'true', 'false', '0', '1', '']), z.null()], {
    error: 'must be true or false',
  })
  .transform((value) => meant[String(value ?? false)] ?? false)
  .optional()

/** Forms and plugins send what was left empty as an empty text: it is not given. */
export const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

/** A colour as `bg` of the URL language spells it: RRGGBB, or AARRGGBB where something shows through. */
export const colour = z.string({ error: 'must be a colour' }).transform((text, context) => {
  const read = hex(text.trim()) ?? channels(text.trim())
  if (read === undefined) context.addIssue({ code: 'custom', message: expectedColour })
  return read ?? ''
})

const expectedColour = 'must be a colour such as #f60, #ff6600, rgb(255, 102, 0) or rgba(255, 102, 0, 0.5)'

function hex(text: string): string | undefined {
  const [, digits] = /^#?([\da-f]{3}|[\da-f]{6})$/i.exec(text) ?? []
  return digits && (digits.length === 3 ? digits.replace(/./g, '$&$&') : digits).toLowerCase()
}

const decimal = String.raw`\d{1,3}(?:\.\d{1,6})?|\.\d{1,6}`
const rgba = new RegExp(
  String.raw`^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*(${decimal})\s*)?\)$`,
  'i',
)

function channels(text: string): string | undefined {
  const [, r, g, b, a = '1'] = rgba.exec(text) ?? []
  const rgb = [r, g, b].map(Number)
  const alpha = Number(a)
  if (!rgb.every((value) => value <= 255) || alpha > 1) return undefined
  const written = (value: number) => value.toString(16).padStart(2, '0')
  const all = rgb.map(written).join('')
  return alpha === 1 ? all : written(Math.round(alpha * 255)) + all
}
