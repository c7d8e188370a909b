// Which methods a path answers, from the routes that are there.
import type { NativeApp } from './app.ts'

/** Undefined for a path without a route. A literal segment goes before a parameter: /totals is not an id. */
export function methodsOf(app: NativeApp): (path: string) => readonly string[] | undefined {
  const methods = new Map<string, string[]>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { path, method } = definition.route
    const verbs = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]
    methods.set(path, [...(methods.get(path) ?? []), ...verbs])
  }
  const places = [...methods]
    .sort(([one], [other]) => one.split('{').length - other.split('{').length)
    .map(([template, verbs]) => ({ shape: shapeOf(template), verbs }))
  return (path) => places.find(({ shape }) => shape.test(path))?.verbs
}

const shapeOf = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
