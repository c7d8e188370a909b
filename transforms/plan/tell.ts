// What a plan tells of its picture instead of encoding it.
import type { Spec } from '../language/options.ts'

export type Tell =
  | { readonly kind: 'details'; readonly faces?: true }
  | { readonly kind: 'placeholder'; readonly as: 'blurhash' | 'thumbhash' | 'lqip' | 'color' }
  | {
      readonly kind: 'palette'
      readonly as: 'json' | 'css'
      readonly colours: number
      readonly prefix: string
    }

/** Undefined where the picture itself is asked for. */
export function tellOf({
  details,
  listFaces,
  placeholder,
  palette,
  paletteSize,
  palettePrefix,
}: Spec): Tell | undefined {
  if (listFaces) return { kind: 'details', faces: true }
  if (details) return { kind: 'details' }
  if (placeholder) return { kind: 'placeholder', as: placeholder }
  if (!palette) return undefined
  return { kind: 'palette', as: palette, colours: paletteSize ?? 6, prefix: palettePrefix ?? 'image' }
}
