// The rule table of limits, as the configuration writes it.
import { z } from 'zod'
import type { RuleTable } from '../limits/rules.ts'
import { fromJson } from './storage.ts'

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: 'expected a name of 1 to 40 small letters, digits and dashes that begins with a letter',
})

/** In steps of a thousandth, so that the bucket counts in whole numbers. */
const rate = z.number().min(0.001).max(1_000_000).multipleOf(0.001)
const burst = z.int().min(1).max(1_000_000)

const rule = z.strictObject({
  name,
  per: z.enum(['key', 'address', 'source'], { error: "expected 'key', 'address' or 'source'" }),
  of: z
    .array(z.enum(['pictures', 'misses', 'api'], { error: "expected 'pictures', 'misses' or 'api'" }))
    .min(1),
  rate,
  burst,
})

const plan = z.record(name, z.strictObject({ rate, burst }).nullable())

const table = z
  .strictObject({ rules: z.array(rule).max(50), plans: z.record(name, plan).default({}) })
  .superRefine((written, context) => {
    for (const message of faultsOf(written)) context.addIssue({ code: 'custom', message })
  })

function faultsOf({ rules, plans }: RuleTable): string[] {
  const names = rules.map((rule) => rule.name)
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  const ofKeys = rules.filter(({ per }) => per === 'key')
  return [
    ...twice.map((name) => `there are two rules with the name '${name}'`),
    ...ofKeys
      .filter(({ of }) => of.some((counted) => counted !== 'api'))
      .map(({ name }) => `rule '${name}': only requests of the API carry a key, so expected of: ['api']`),
    ...rules
      .filter(({ per, of }) => per === 'source' && of.includes('api'))
      .map(({ name }) => `rule '${name}': requests of the API have no source`),
    ...rules
      .filter(({ of }) => of.includes('pictures') && of.includes('misses'))
      .map(({ name }) => `rule '${name}': pictures are both hits and misses, so write one of the two words`),
    ...Object.entries(plans).flatMap(([plan, limits]) =>
      Object.keys(limits)
        .filter((name) => !ofKeys.some((rule) => rule.name === name))
        .map((name) => `plan '${plan}': there is no rule '${name}' about keys`),
    ),
  ]
}

export type WrittenLimits = Pick<RuleTable, 'rules'> & Partial<RuleTable>

/** JSON text in the environment, an object in the configuration file. */
export const limits = () => z.preprocess(fromJson, table.optional()) as z.ZodType<RuleTable | undefined>
