// SVGO on a thread of its own: it computes without a pause, so a document made to keep it busy is stopped by ending the
// thread.
import { parentPort } from 'node:worker_threads'
import { type Config, type CustomPlugin, optimize, type PluginConfig } from 'svgo'
import { isActive, isUnsafe, localName, silenceCss } from './active-content.ts'

/** From the most daring plan to the one that only removes active content. */
export const svgoPlans = ['full', 'careful', 'tidy', 'safe'] as const
export type SvgoPlan = (typeof svgoPlans)[number]

const safe: CustomPlugin = {
  name: 'safe',
  fn: () => ({
    element: {
      enter: (node, parent) => {
        if (isActive(node.name, (name) => node.attributes[name]))
          parent.children = parent.children.filter((child) => child !== node)
        for (const [name, value] of Object.entries(node.attributes))
          if (isUnsafe({ name: localName(name), value }, node.name)) delete node.attributes[name]
        if (localName(node.name) === 'style')
          for (const child of node.children)
            if (child.type === 'text' || child.type === 'cdata') child.value = silenceCss(child.value)
      },
    },
    instruction: {
      enter: (node, parent) => {
        parent.children = parent.children.filter((child) => child !== node)
      },
    },
  }),
}

/** IDs stay in every plan: other documents may refer to them (`icons.svg#cart`). */
const named = { cleanupIds: false, removeUselessDefs: false } as const
/** Each of these plugins broke one of fifteen real pictures, or gains too little. */
const risky = {
  inlineStyles: false,
  mergeStyles: false,
  minifyStyles: false,
  convertTransform: false,
  mergePaths: false,
  collapseGroups: false,
  moveElemsAttrsToGroup: false,
  moveGroupAttrsToElems: false,
  removeHiddenElems: false,
  removeUselessStrokeAndFill: false,
  removeUnknownsAndDefaults: false,
  convertShapeToPath: false,
} as const

const plugins: Readonly<Record<SvgoPlan, readonly PluginConfig[]>> = {
  full: [{ name: 'preset-default', params: { overrides: { ...named, removeHiddenElems: false } } }],
  careful: [{ name: 'preset-default', params: { overrides: { ...named, ...risky } } }],
  tidy: ['removeDoctype', 'removeComments', 'removeMetadata', 'removeEditorsNSData', 'cleanupAttrs'],
  safe: ['removeDoctype'],
}

const configOf = (plan: SvgoPlan): Config => ({
  floatPrecision: 3,
  multipass: plan === 'full',
  plugins: [safe, ...plugins[plan], safe],
})

parentPort?.on('message', ({ document, plan }: { document: string; plan: SvgoPlan }) => {
  try {
    parentPort?.postMessage({ made: optimize(document, configOf(plan)).data })
  } catch {
    parentPort?.postMessage({ fault: 'SVGO cannot read it' })
  }
})
