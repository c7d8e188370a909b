// Cloudinary's flags (fl_). Reference: "Flags".
import { ignored, type Pairs, type Word } from '../shared/words.ts'
import { type CloudinaryAsked, unread } from './readers.ts'

type Flag = Word<CloudinaryAsked>

const passed = (name: string, differs?: string): Flag => ignored(name, 'nothing', differs)
const flag = (name: string, becomes: string, asked: CloudinaryAsked): Flag => ({
  name,
  takes: 'nothing',
  becomes,
  read: () => asked,
})
const none: Pairs = {}

export const cloudinaryFlags: readonly Flag[] = [
  flag('progressive', '`fm=pjpg` beside `f_jpg`', { isProgressive: true }),
  {
    name: 'attachment',
    takes: 'a name',
    becomes: 'a download',
    read: (text) => ({ isAttachment: true, ...(text === '' ? {} : { name: text }) }),
  },
  flag('getinfo', '`fm=json`', { isFacts: true }),
  flag('ignore_aspect_ratio', '`fit=scale`', { mode: 'scale' }),
  flag('lossy', 'nothing', { native: none }),
  {
    name: 'keep_attribution',
    takes: 'nothing',
    becomes: '`meta=copyright`',
    needs: 'meta=copyright',
    read: () => ({ native: { meta: 'copyright' } }),
  },
  {
    name: 'keep_iptc',
    takes: 'nothing',
    becomes: '`iptc=allow`, `meta=all`',
    needs: 'iptc=allow&meta=all',
    read: () => ({ native: { iptc: 'allow', meta: 'all' } }),
  },
  {
    name: 'png8',
    takes: 'nothing',
    becomes: '`colorquant=256`',
    needs: 'colorquant=256',
    read: () => ({ native: { colorquant: '256' } }),
  },
  passed('animated'),
  passed('awebp'),
  passed('any_format'),
  passed('force_strip'),
  passed('strip_profile'),
  passed('immutable_cache', 'How long an answer is fresh is said by its source.'),
  passed('no_overflow'),
  passed('preserve_transparency'),
  passed('png24'),
  passed('png32'),
  passed('rasterize'),
  passed('sanitize'),
  ...unread('coder', 'apng', 'force_icc', 'tiff8_lzw'),
  ...unread('step', 'clip', 'clip_evenodd', 'cutter'),
  passed('layer_apply'),
  passed('relative'),
  ...unread('step', 'region_relative', 'replace_image', 'text_disallow_overflow', 'text_no_trim', 'tiled'),
  ...unread(
    'film',
    'keep_dar',
    'mono',
    'splice',
    'no_stream',
    'streaming_attachment',
    'truncate_ts',
    'hlsv3',
  ),
]
