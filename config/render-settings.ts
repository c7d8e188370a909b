// The settings of making pictures: how many at once, and the limits of each.
import { bytes, integer, yesNo } from './kinds.ts'
import { workers } from './machine.ts'
import { setting } from './setting.ts'

export const renderSettings = {
  workers: setting(
    'HALFTONE_WORKERS',
    integer(1, 256),
    workers,
    'Pictures made at once; the number of cores by default, less where memory is short.',
  ),
  queueLength: setting(
    'HALFTONE_QUEUE',
    integer(1, 100_000),
    512,
    'Pictures that may wait; more are answered 503.',
  ),
  queuePerSource: setting(
    'HALFTONE_QUEUE_PER_SOURCE',
    integer(1, 100_000),
    384,
    'Pictures of one source that may wait; more are answered 429.',
  ),

  maxSourceBytes: setting(
    'HALFTONE_MAX_SOURCE',
    bytes(),
    '64MiB',
    'Largest source that a picture is made from, in bytes. A folder or bucket hands out larger files as they are.',
  ),
  maxSourcePixels: setting(
    'HALFTONE_MAX_SOURCE_PIXELS',
    integer(1, 1e9),
    100e6,
    'Largest source, in pixels of one frame.',
  ),
  maxFrames: setting('HALFTONE_MAX_FRAMES', integer(1, 100_000), 2000, 'Most frames of an animation.'),
  maxTotalPixels: setting(
    'HALFTONE_MAX_TOTAL_PIXELS',
    integer(1, 1e10),
    250e6,
    'Most pixels of all frames of an animation together.',
  ),
  maxOutputPixels: setting(
    'HALFTONE_MAX_OUTPUT_PIXELS',
    integer(1, 1e10),
    100e6,
    'Largest result, in pixels of all its frames.',
  ),
  betterLater: setting(
    'HALFTONE_BETTER_LATER',
    yesNo(),
    'true',
    'Whether a picture that takes long (a quality that is searched for, by q=auto or auto=compress; an AVIF with much effort) is answered at once by one that is made soon, and made in the background once it is asked for again. Otherwise who asks first waits for the search, and an AVIF stays as it was made.',
  ),
  betterLaterShare: setting(
    'HALFTONE_BETTER_LATER_SHARE',
    integer(1, 100),
    25,
    "Percent of the cores' time that better pictures in the background may take. They are made only while nobody waits for a picture.",
  ),
}
