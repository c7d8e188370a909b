// The hosts of Halftone itself, where there are sites beside it.
import type { Config } from '../config.ts'

/** Where clients find Halftone itself, and its operators. */
export function ownHosts({ publicUrl, hosts, languages }: Config): readonly string[] {
  const ours = [...hosts, ...Object.values(languages).flatMap((language) => language.hosts)]
  return publicUrl === '' ? ours : [...ours, new URL(publicUrl).hostname]
}
