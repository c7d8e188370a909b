// What the vectors of targets are read with.
import type { TargetTable } from '../../limits/targets.ts'

export const targetTable: TargetTable = {
  api: new Set(['v1', 'files']),
  open: new Set(['optimise', 'healthz']),
  sources: new Set(['shop', 'uploads']),
  uploads: 'uploads',
}
