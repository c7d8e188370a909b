// Reads the edit of an order: the options of the URL language, as they are meant where no browser is asking.
import { Failure } from '../errors.ts'
import {
  exact,
  type Facts,
  furtherSources,
  type Options,
  parse,
  passesOf,
  plan,
  type Spec,
  stepsIn,
  unknownKeys,
} from '../transforms/index.ts'

/** Said beside the edit, in what is asked of the optimiser. */
const saidElsewhere: Readonly<Partial<Record<keyof Options, string>>> = {
  format: 'fm',
  quality: 'q',
  lossless: 'lossless',
  automatic: 'auto',
  chroma: 'chromasub',
  colours: 'colorquant',
  maxBytes: 'max-bytes',
  metadata: 'meta',
  iptc: 'iptc',
  placeholder: 'placeholder',
  palette: 'palette',
}

const expected = 'options that change the picture, such as w, h, fit and rot'

/** Fails with 'bad-option' for what cannot be read, and for what is not an edit: a format, a quality, an unknown word. */
export function readEdit(edit: string): Spec {
  const options = parse(edit)
  const [option] = unknownKeys(edit)
  if (option !== undefined)
    throw new Failure('bad-option', `There is no option '${option}' of an edit.`, { option, expected })
  for (const [name, option] of Object.entries(saidElsewhere))
    if (name in options)
      throw new Failure(
        'bad-option',
        `${option} is no edit: format and quality are asked of the optimiser.`,
        { option, expected },
      )
  const spec = exact(options, { formats: 'basic', saveData: false })
  if (furtherSources(spec).length > 0)
    throw new Failure('bad-option', 'An edit names no other pictures: they are for addresses of pictures.', {
      expected,
    })
  return spec
}

const withoutPixels: readonly Facts['format'][] = ['svg', 'pdf', 'mp4', 'webm']

/**
 * Whether this picture is already what the edit asks for: no larger than a frame it need only fit in, upright where a
 * turn is all that was asked for, opaque where only a background was.
 */
export function changesNothing(edit: string, facts: Facts): boolean {
  // Drawings, documents and films have no pixels that could stay as they are.
  if (withoutPixels.includes(facts.format)) return false
  const made = plan(readEdit(edit), facts)
  return !made.flatten && passesOf(made).every((pass) => stepsIn(pass).length === 0)
}
