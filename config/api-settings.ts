// The settings of the API: where its records and files lie, what it may reach, and its limits.
import { z } from 'zod'
import { bytes, duration, httpUrl, integer, list, secret, text, yesNo } from './kinds.ts'
import { workers } from './machine.ts'
import { addressRules } from './parsed-kinds.ts'
import { setting } from './setting.ts'
import { storage } from './storage.ts'

const isEndpoint = (written: string): boolean =>
  /^(s3|azure|swift)=https?:\/\//.test(written) && URL.canParse(written.slice(written.indexOf('=') + 1))

export const apiSettings = {
  database: setting(
    'HALFTONE_DATABASE',
    text().regex(/^(postgres(ql)?:\/\/.+)?$/, { error: 'expected a postgres:// URL, or nothing' }),
    '',
    'Where the API keeps its records: a postgres:// URL, or nothing for an embedded SQLite file in the data folder.',
  ),
  storage: setting(
    'HALFTONE_STORAGE',
    storage(),
    undefined,
    'Where uploads and results lie: JSON such as {"kind":"folder","dir":"/srv/pictures"} or {"kind":"s3","bucket":"pictures",...} (kinds folder, s3, azure and swift), or nothing for a folder in the data folder. Shared by all processes.',
  ),
  secret: setting(
    'HALFTONE_SECRET',
    secret().optional(),
    undefined,
    "Seals the API keys' secrets in the database. Shared by all api processes; drawn into the data folder when not set.",
  ),
  publicUrl: setting(
    'HALFTONE_PUBLIC_URL',
    httpUrl().or(z.literal('')),
    '',
    "Where clients reach the API, for the addresses in its answers; the request's own host when not set.",
  ),
  picturesUrl: setting(
    'HALFTONE_PICTURES_URL',
    httpUrl().or(z.literal('')),
    '',
    'Where browsers reach the edges, for the addresses of files in answers of an api that runs apart from them; HALFTONE_PUBLIC_URL when not set.',
  ),
  demo: setting(
    'HALFTONE_DEMO',
    yesNo(),
    'true',
    'Keep a demo project whose keys the start page shows to this machine; only ever while listening on loopback and without a public URL.',
  ),
  allowAddresses: setting(
    'HALFTONE_ALLOW_ADDRESSES',
    addressRules(),
    '',
    'Private addresses (CIDR) that uploads from a URL, webhooks and customers’ buckets may reach.',
  ),
  targetEndpoints: setting(
    'HALFTONE_TARGET_ENDPOINTS',
    list(text().refine(isEndpoint, { error: 'expected s3=URL, azure=URL or swift=URL' })),
    '',
    "Servers of customers' buckets, where they are not the providers' own: s3=https://minio.example.",
  ),

  optimiseWorkers: setting(
    'HALFTONE_OPTIMISE_WORKERS',
    integer(1, 256),
    workers,
    'Pictures of the API optimised at once; the number of cores by default, less where memory is short.',
  ),
  optimiseBudgetMs: setting(
    'HALFTONE_OPTIMISE_BUDGET',
    duration(),
    '30s',
    'How long the optimiser looks for a smaller file of one picture before it takes the best so far.',
  ),
  optimiseDeadlineMs: setting(
    'HALFTONE_OPTIMISE_DEADLINE',
    duration(),
    '2m',
    'Longest time from queue to finished picture for the API.',
  ),
  apiRetentionMs: setting(
    'HALFTONE_API_RETENTION',
    duration(),
    '1h',
    'How long results of the API can be fetched.',
  ),
  pageRetentionMs: setting(
    'HALFTONE_PAGE_RETENTION',
    duration(),
    '12h',
    'How long results of the web page can be fetched.',
  ),
  unstoredMs: setting(
    'HALFTONE_UNSTORED',
    duration(),
    '24h',
    'How long an upload that was not stored is kept.',
  ),
  maxOptimiseBytes: setting(
    'HALFTONE_MAX_OPTIMISE',
    bytes(),
    '32MiB',
    'Largest picture the API optimises, in bytes.',
  ),
  maxUploadBytes: setting('HALFTONE_MAX_UPLOAD', bytes(), '100MB', 'Largest direct upload, in bytes.'),
  maxMultipartBytes: setting(
    'HALFTONE_MAX_MULTIPART',
    bytes(),
    '5GB',
    'Largest upload in parts, or from a URL, in bytes.',
  ),
  spoolBytes: setting(
    'HALFTONE_SPOOL',
    bytes(),
    '10GB',
    'How much may lie in the spool while it arrives; more is answered 503.',
  ),
  stallMs: setting(
    'HALFTONE_STALL',
    duration(),
    '30s',
    'How long a client may send nothing of a body, or take nothing of an answer.',
  ),
  requestMs: setting(
    'HALFTONE_REQUEST',
    duration(),
    '15m',
    'Longest time for one whole request to arrive, its body included.',
  ),
}
