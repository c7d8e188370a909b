// The settings of the lasting tier: a bucket below the disk caches of all origins.
import { duration, yesNo } from './kinds.ts'
import { setting } from './setting.ts'
import { storage } from './storage.ts'

export const lastingSettings = {
  lasting: setting(
    'HALFTONE_LASTING',
    storage(),
    undefined,
    'Bucket below the disk caches of all origins, written as HALFTONE_STORAGE is: what one origin made, no other makes again, and no restart. Nothing for none.',
  ),
  lastingSources: setting(
    'HALFTONE_LASTING_SOURCES',
    yesNo(),
    'false',
    'Whether downloaded sources lie in that bucket too, and not only the pictures made from them.',
  ),
  lastingKeepMs: setting(
    'HALFTONE_LASTING_KEEP',
    duration(),
    '30d',
    'How long a picture stays in that bucket after its last use; it goes at the latest after twice this time.',
  ),
  lastingDeadlineMs: setting(
    'HALFTONE_LASTING_DEADLINE',
    duration(),
    '300ms',
    'Longest time to wait for that bucket; after a third of it the same is asked once more, after all of it the picture is made.',
  ),
}
