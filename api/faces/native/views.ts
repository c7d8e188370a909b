// Outcomes and reports in the words of the native API. Pure.
import type { SourceReport as Source } from '../../../processing/processing.ts'
import type { Identification as Identified } from '../../../transforms/optimise/identification.ts'
import type { Outcome } from '../../services/optimising/optimising.ts'
import type { Identification, OptimizeResult } from './schemas/reports.ts'
import { timeText } from './schemas/scalars.ts'

export function identificationView(found: Identified): Identification {
  const { format, width, height, progressive, animated, alpha, depth, space, orientation, icc, exif } = found
  const { sourceQuality, extras } = found
  return {
    ...{ format, width, height, progressive, animated, alpha, depth, space, orientation, icc, exif },
    source_quality: sourceQuality,
    extras: extras && { gain_map: extras.gainMap, more_pictures: extras.morePictures, c2pa: extras.c2pa },
  }
}

export function resultView(outcome: Outcome): OptimizeResult {
  const { id, wish = null, name, url, expires, figures } = outcome
  return {
    ...{ id, variant: wish, name, url, expires: timeText(expires) },
    source: sourceView(outcome, figures.source),
    output: outputView(outcome),
    ms: figures.ms,
    waited_ms: figures.waitMs,
  }
}

const sourceView = ({ sourceName, sourceSha1 }: Outcome, source: Source) => ({
  ...{ name: sourceName, bytes: source.bytes, sha1: sourceSha1 },
  ...identificationView(source),
  unique_colours: source.uniqueColours,
})

function outputView({ figures, sha1 }: Outcome): OptimizeResult['output'] {
  const { format, type, width, height, report } = figures
  const {
    bytes,
    saved,
    mode,
    score,
    quality,
    chroma,
    probes,
    target,
    stoppedEarly,
    chosen,
    reason,
    tried,
    dropped,
  } = report
  return {
    ...{ format, type, width, height, bytes, saved, percent: percentOf(report), mode },
    score: score === undefined ? null : hundredths(score),
    target: target ?? null,
    stopped_early: stoppedEarly ?? false,
    quality: quality ?? null,
    chroma: chroma ?? null,
    probes: probes ?? null,
    ...{ chosen, reason, tried: [...tried], dropped: [...dropped], sha1 },
  }
}

/** The judge's own noise is larger. */
export const hundredths = (figure: number): number => Math.round(figure * 100) / 100

export const percentOf = ({ saved, sourceBytes }: { saved: number; sourceBytes: number }): number =>
  sourceBytes === 0 ? 0 : Math.round((saved * 1000) / sourceBytes) / 10
