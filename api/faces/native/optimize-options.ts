// From the options of the native API to the wishes of the optimise service. Pure.
import { Failure } from '../../../errors.ts'
import { readEdit } from '../../../processing/edit.ts'
import { defaultMode, type OptimiseRequest } from '../../../transforms/optimise/request.ts'
import type { CustomerBucket, Wish } from '../../services/optimising/optimising.ts'
import type { OptimizeOptions, Variant } from './schemas/optimize-options.ts'
import type { BucketTarget as WrittenTarget } from './schemas/target.ts'

/** One to ten, those of the variants with what stands beside them as their default. Fails with 'bad-option'. */
export function wishesOf({ variants, ...shared }: OptimizeOptions): readonly Wish[] {
  if (!variants) return [wishOf(shared)]
  const ids = variants.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw refuse('variants', 'ids of their own', twice)
  if (shared.target) throw refuse('target', 'a target in each variant instead')
  if (shared.name !== undefined && variants.length > 1) throw refuse('name', 'a name in each variant instead')
  return variants.map(({ id, ...own }) => ({ id, ...wishOf({ ...shared, ...own }) }))
}

type VariantOptions = Omit<OptimizeOptions, 'variants'> & Partial<Omit<Variant, 'id'>>

function wishOf(options: VariantOptions): Wish {
  const { name, target } = options
  const edit = (options.edit ?? '').replace(/^\?/, '')
  // Whoever makes it reads it again; said here, it is said before the picture has come.
  if (edit !== '') readEdit(edit)
  return {
    edit,
    optimise: requestOf(options),
    ...(name === undefined ? {} : { name }),
    ...(target ? { target: targetOf(target) } : {}),
  }
}

function requestOf({
  level,
  quality,
  max_bytes: maxBytes,
  format,
  keep,
  ...options
}: VariantOptions): OptimiseRequest {
  const { chroma, progressive } = options
  const mode = options.mode ?? defaultMode(quality)
  if (mode !== 'quality' && quality !== undefined) throw refuse('quality', `no quality in mode ${mode}`)
  if (mode === 'quality' && quality === undefined) throw refuse('quality', 'a quality in mode quality')
  if (mode !== 'lossy' && level !== undefined) throw refuse('level', `no level in mode ${mode}`)
  if (mode === 'lossless' && chroma !== undefined) throw refuse('chroma', 'no chroma in mode lossless')
  if (mode === 'lossless' && maxBytes !== undefined)
    throw refuse('max_bytes', 'no max_bytes in mode lossless')
  return {
    mode,
    ...(level === undefined ? {} : { level }),
    ...(quality === undefined ? {} : { quality }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(format === undefined ? {} : { format }),
    ...(chroma === undefined ? {} : { chroma }),
    ...(progressive === undefined ? {} : { progressive }),
    ...(keep === undefined ? {} : { keep }),
  }
}

function targetOf(written: WrittenTarget): CustomerBucket {
  const { path, metadata, headers } = written
  const placement = {
    ...(path === undefined ? {} : { path }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(headers === undefined ? {} : { headers }),
  }
  if (written.kind === 'azure') {
    const { kind, account, key, container } = written
    return { kind, account, key, container, ...placement }
  }
  if (written.kind === 'swift') {
    const { kind, user, key, container, region } = written
    return { kind, user, key, container, ...(region === undefined ? {} : { region }), ...placement }
  }
  const { kind, bucket, region, endpoint, acl, tags } = written
  return {
    ...{
      kind,
      bucket,
      region,
      accessKeyId: written.access_key_id,
      secretAccessKey: written.secret_access_key,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(acl === undefined ? {} : { acl }),
    ...(tags === undefined ? {} : { tags }),
    ...placement,
  }
}

const refuse = (option: string, expected: string, received?: string): Failure =>
  new Failure('bad-option', `Expected ${expected}.`, {
    ...{ option, expected },
    ...(received === undefined ? {} : { received }),
  })
