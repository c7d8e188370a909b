// Every process that a compose file or a manifest starts has settings without a fault, and neighbours that are there.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { type Environment, makeConfig } from '../../config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

type Words = Readonly<Record<string, string>>
/** What each process gets, and whom it may name. */
interface Started {
  readonly name: string
  readonly environment: Words
}

/** What a machine of such files puts in: ${NAME:?why}, ${NAME:-default}; `$$` is a dollar. */
const filled = (text: string): string =>
  text
    .replaceAll(/\$\{(\w+):-([^}]*)\}/g, '$2')
    .replaceAll(/\$\{\w+:\?[^}]*\}/g, 'a-secret-of-this-test')
    .replaceAll('$$', '$')

const hosts = (environment: Words): string[] =>
  Object.entries(environment)
    .filter(([name]) => /^HALFTONE_(?:SHIELDS|ORIGINS|EDGES|PROCESSORS|REDIS|SELF)$/.test(name))
    .flatMap(([, value]) => value.split(','))
    .map((url) => new URL(url).hostname)

const addressesIn = (text: string) =>
  [...text.matchAll(/(?:http|postgres):\/\/(?:[^@/"]*@)?([a-z][\w-]*):\d+/g)].map(([, host = '']) => host)

function faultsOf(environment: Environment): string {
  try {
    makeConfig({}, environment)
    return ''
  } catch (fault) {
    return String(fault)
  }
}

describe.each([['compose.yaml'], ['compose.cluster.yaml']])('%s', (file) => {
  interface Service {
    readonly image?: string
    readonly environment?: Words
    readonly depends_on?: Readonly<Record<string, unknown>>
    readonly volumes?: readonly string[]
  }
  const { services, volumes = {} } = parse(filled(read(file)), { merge: true }) as {
    services: Readonly<Record<string, Service>>
    volumes?: Readonly<Record<string, unknown>>
  }
  const ours: readonly Started[] = Object.entries(services)
    .filter(([, { image = '' }]) => image.startsWith('halftone'))
    .map(([name, { environment = {} }]) => ({ name, environment: { HOST: '0.0.0.0', ...environment } }))

  test.each(ours.map(({ name, environment }) => [name, environment] as const))(
    '%s can start',
    (_, environment) => {
      expect(faultsOf(environment)).toBe('')
    },
  )

  test('every process names only services that are there', () => {
    const named = ours.flatMap(({ environment }) => [
      ...hosts(environment),
      ...addressesIn(
        [environment.HALFTONE_STORAGE, environment.HALFTONE_LASTING, environment.HALFTONE_DATABASE].join(),
      ),
    ])
    const waited = Object.values(services).flatMap(({ depends_on = {} }) => Object.keys(depends_on))
    expect([...named, ...waited].filter((name) => !(name in services))).toEqual([])
  })

  test('every named volume is declared', () => {
    const named = Object.values(services)
      .flatMap(({ volumes: mounts = [] }) => mounts)
      .map((mount) => mount.split(':')[0] ?? '')
      .filter((place) => /^\w/.test(place))
    expect(named.filter((name) => !(name in volumes))).toEqual([])
  })
})

describe('deploy/kubernetes', () => {
  interface Reference {
    readonly configMapRef?: { readonly name: string }
    readonly secretRef?: { readonly name: string }
  }
  interface Container {
    readonly args: readonly string[]
    readonly env: readonly { readonly name: string; readonly value?: string }[]
    readonly envFrom: readonly Reference[]
  }
  interface Resource {
    readonly kind: string
    readonly metadata: { readonly name: string }
    readonly data?: Words
    readonly stringData?: Words
    readonly spec?: {
      readonly replicas?: number
      readonly template?: { readonly spec: { readonly containers: readonly [Container] } }
    }
  }
  const files = globSync('deploy/kubernetes/*.yaml', { cwd: root }).filter(
    (file) => !file.includes('kustomization'),
  )
  const resources = files.flatMap((file) =>
    parseAllDocuments(read(file)).map((document) => document.toJS() as Resource),
  )
  const named = (kind: string) =>
    new Map(resources.filter((each) => each.kind === kind).map((each) => [each.metadata.name, each]))
  const words = ({ configMapRef, secretRef }: Reference): Words =>
    (configMapRef
      ? named('ConfigMap').get(configMapRef.name)?.data
      : named('Secret').get(secretRef?.name ?? '')?.stringData) ?? {}

  const started: readonly Started[] = resources.flatMap(({ metadata, spec }) => {
    const container = spec?.template?.spec.containers[0]
    if (!container) return []
    const own = container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
    const environment: Words = {
      HOST: '0.0.0.0',
      ...Object.assign({}, ...container.envFrom.map(words)),
      ...Object.fromEntries(own),
      HALFTONE_ROLES: container.args.at(-1) ?? '',
    }
    const { HALFTONE_SELF: self = '', ...rest } = environment
    const known = { POD_NAME: `${metadata.name}-0`, POD_IP: '10.0.0.1' }
    return [
      {
        name: metadata.name,
        environment: {
          ...rest,
          HALFTONE_SELF: self.replaceAll(/\$\((POD_\w+)\)/g, (_, name: keyof typeof known) => known[name]),
        },
      },
    ]
  })

  test('starts every role', () => {
    expect(started.map(({ environment }) => environment.HALFTONE_ROLES).sort()).toEqual([
      'api',
      'edge',
      'origin',
      'processor',
      'shield',
    ])
  })

  test.each(started.map(({ name, environment }) => [name, environment] as const))(
    '%s can start',
    (_, environment) => {
      expect(faultsOf(environment)).toBe('')
    },
  )

  test('neighbours are pods of a set, or services', () => {
    const services = named('Service')
    const pods = [...named('StatefulSet').values()].flatMap(({ metadata: { name }, spec }) =>
      Array.from({ length: spec?.replicas ?? 1 }, (_, i) => `${name}-${i}.${name}`),
    )
    const outside = ['redis.halftone.svc', '10.0.0.1']
    const unknown = started
      .flatMap(({ environment }) => hosts(environment))
      .filter((host) => !services.has(host) && !pods.includes(host) && !outside.includes(host))
    expect(unknown).toEqual([])
  })

  test('the kustomization has every file but the secrets', () => {
    const { resources: listed } = parse(read('deploy/kubernetes/kustomization.yaml')) as {
      resources: string[]
    }
    expect(listed.map((name) => `deploy/kubernetes/${name}`).sort()).toEqual(
      files.filter((file) => !file.includes('secrets')).sort(),
    )
  })
})
