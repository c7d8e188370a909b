// Every scalar setting on one page: its name in the configuration file, its environment variable, its kind, its default.
// The documentation (docs/settings.md) and `halftone --help` are made from this table.
import { z } from 'zod'
import type { RuleTable } from '../limits/rules.ts'
import { apiSettings } from './api-settings.ts'
import { clusterSettings } from './cluster-settings.ts'
import { bytes, duration, httpUrl, integer, list, secret, text, yesNo } from './kinds.ts'
import { lastingSettings } from './lasting-settings.ts'
import { limitSettings } from './limit-settings.ts'
import type { WrittenLimits } from './limits.ts'
import { cacheOf, memory } from './machine.ts'
import { nginxSettings } from './nginx-settings.ts'
import { picturePath } from './parsed-kinds.ts'
import type { RedisConfig } from './redis.ts'
import { renderSettings } from './render-settings.ts'
import { type Setting, setting } from './setting.ts'
import { siteSettings } from './site-settings.ts'
import type { StorageConfig, WrittenStorage } from './storage.ts'
import { tracingSettings } from './tracing-settings.ts'

export const roles = ['edge', 'shield', 'origin', 'api', 'processor'] as const
export type Role = (typeof roles)[number]

const role = z.enum(roles, {
  error: (issue) => `expected edge, shield, origin, api or processor, received '${issue.input}'`,
})
const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])

export const settings = {
  host: setting('HOST', text(), '127.0.0.1', 'Address to listen on; 0.0.0.0 for all.'),
  port: setting('PORT', integer(0, 65_535), 8080, 'Port to listen on; 0 takes any free one.'),
  roles: setting(
    'HALFTONE_ROLES',
    list(role),
    roles.join(','),
    'Which parts this process runs: the tiers edge, shield and origin; api for uploads and optimising; processor for the pixels of the API.',
  ),
  shields: setting(
    'HALFTONE_SHIELDS',
    list(httpUrl()),
    '',
    'Shields an edge asks, when it runs without its own. A shield that is given them asks its neighbours for what it does not have, before it asks an origin: after a node was added or came back.',
  ),
  origins: setting(
    'HALFTONE_ORIGINS',
    list(httpUrl()),
    '',
    'Origins a shield asks, when it runs without its own.',
  ),
  edgeProcesses: setting(
    'HALFTONE_EDGE_PROCESSES',
    integer(1, 64),
    1,
    'Processes that share the port and the work of an edge. More than one where a process runs nothing but the edge.',
  ),
  edges: setting(
    'HALFTONE_EDGES',
    list(httpUrl()),
    '',
    'Edges in other processes, which an api tells of purges, as it tells the shields and origins above.',
  ),
  processors: setting(
    'HALFTONE_PROCESSORS',
    list(httpUrl()),
    '',
    'Processing nodes an api asks, when it runs without its own.',
  ),
  dataDir: setting(
    'HALFTONE_DATA',
    text(),
    '.halftone',
    'Folder for the disk caches, the sample pictures and, by default, the database and the stored files.',
  ),
  tierSecret: setting(
    'HALFTONE_TIER_SECRET',
    list(secret()),
    '',
    'Shared by all processes: what they show each other. The first is shown, all are accepted, so that it can be changed while they run. Required when a shield, an origin or a processor listens beyond loopback.',
  ),
  metricsToken: setting(
    'HALFTONE_METRICS_TOKEN',
    secret().optional(),
    undefined,
    'Bearer token for /metrics. Without it /metrics answers only to this machine itself, while listening on loopback and without a public URL.',
  ),
  logLevel: setting(
    'HALFTONE_LOG_LEVEL',
    level,
    'info',
    'fatal, error, warn, info, debug, trace or silent. Cache hits are logged at debug.',
  ),
  fonts: setting(
    'HALFTONE_FONTS',
    text(),
    '',
    'Folder of fonts (TTF, OTF, WOFF) for texts in pictures, beside DejaVu, which is there, and those of the machine.',
  ),
  ffmpeg: setting(
    'HALFTONE_FFMPEG',
    text(),
    'ffmpeg',
    'ffmpeg for videos (`fm=mp4`, `fm=webm`): its name on PATH, or its path. Without it they are answered with 501.',
  ),
  samples: setting('HALFTONE_SAMPLES', yesNo(), 'true', 'Offer the sample pictures as the source `samples`.'),
  fallback: setting(
    'HALFTONE_FALLBACK',
    picturePath().or(z.literal('')),
    '',
    'Picture shown in place of one that cannot be made, as /source/path; empty for none.',
  ),

  memoryBytes: setting(
    'HALFTONE_MEMORY',
    bytes(),
    memory,
    'Memory that this process and its children may take together: by default the limit of the container or unit, else what the machine has. Below 1.75 GB the caches in memory are smaller by default, and fewer pictures are made at once.',
  ),
  edgeMemoryBytes: setting(
    'HALFTONE_EDGE_MEMORY',
    bytes(),
    cacheOf(256),
    'How much the edge keeps in memory.',
  ),
  shieldMemoryBytes: setting(
    'HALFTONE_SHIELD_MEMORY',
    bytes(),
    cacheOf(128),
    'How much the shield keeps in memory.',
  ),
  shieldDiskBytes: setting('HALFTONE_SHIELD_DISK', bytes(), '10GB', 'How much the shield keeps on disk.'),
  resultMemoryBytes: setting(
    'HALFTONE_RESULT_MEMORY',
    bytes(),
    cacheOf(64),
    'How much of the results an origin keeps in memory.',
  ),
  resultDiskBytes: setting(
    'HALFTONE_RESULT_DISK',
    bytes(),
    '10GB',
    'How much of the results an origin keeps on disk.',
  ),
  sourceMemoryBytes: setting(
    'HALFTONE_SOURCE_MEMORY',
    bytes(),
    cacheOf(128),
    'How much of the sources an origin keeps in memory.',
  ),
  sourceDiskBytes: setting(
    'HALFTONE_SOURCE_DISK',
    bytes(),
    '5GB',
    'How much of downloaded sources an origin keeps on disk.',
  ),

  browserMs: setting(
    'HALFTONE_BROWSER_FRESH',
    duration(),
    '1d',
    'Longest time a browser may keep a picture without asking.',
  ),
  cdnMs: setting(
    'HALFTONE_CDN_FRESH',
    duration(),
    '30d',
    'Longest time edges and shields may keep a picture without asking.',
  ),
  staleWhileRevalidateMs: setting(
    'HALFTONE_STALE_WHILE_REVALIDATE',
    duration().optional(),
    undefined,
    'How long past its freshness a picture is served while it is asked for again, where its source leaves that open. Not set: a tenth of its lifetime, at most 1d.',
  ),
  staleIfErrorMs: setting(
    'HALFTONE_STALE_IF_ERROR',
    duration(),
    '7d',
    'How long past its freshness a picture is served while the next tier fails, where its source leaves that open.',
  ),

  edgeDeadlineMs: setting(
    'HALFTONE_EDGE_DEADLINE',
    duration(),
    '35s',
    'Longest time an edge waits for an answer.',
  ),
  shieldDeadlineMs: setting(
    'HALFTONE_SHIELD_DEADLINE',
    duration(),
    '32s',
    'Longest time a shield waits for an answer.',
  ),
  renderDeadlineMs: setting(
    'HALFTONE_RENDER_DEADLINE',
    duration(),
    '20s',
    'Longest time from queue to finished picture.',
  ),
  sourceDeadlineMs: setting(
    'HALFTONE_SOURCE_DEADLINE',
    duration(),
    '10s',
    'Longest time for one download of a source, from the question to the last byte.',
  ),
  connectMs: setting(
    'HALFTONE_CONNECT',
    duration(),
    '2s',
    'Longest time to connect to a source or to the next tier.',
  ),
  hedgeMs: setting(
    'HALFTONE_HEDGE',
    duration(),
    '5s',
    'How long a shield may take before an edge asks another one as well; at most one request in ten does. With Redis also how long an origin may take for a source or a picture before another one does the same.',
  ),
  lameDuckMs: setting(
    'HALFTONE_LAME_DUCK',
    duration(),
    '0s',
    'How long after SIGTERM connections are still accepted while /readyz already says 503: as long as balancers need to notice. The drain begins after it.',
  ),
  drainMs: setting(
    'HALFTONE_DRAIN',
    duration(),
    '30s',
    'Longest time to finish running requests, once no more are accepted.',
  ),

  ...renderSettings,
  ...lastingSettings,
  ...limitSettings,
  ...clusterSettings,
  ...tracingSettings,
  ...apiSettings,
  ...nginxSettings,
  ...siteSettings,
} satisfies Record<string, Setting<unknown>>

export type Settings = { readonly [Name in keyof typeof settings]: z.output<(typeof settings)[Name]['kind']> }
/** What the configuration file may set: any of them, written as in the environment or as plain values. */
export type WrittenSettings = { readonly [Name in keyof Settings]?: Written<Settings[Name]> | undefined }

type Written<T> = T extends boolean
  ? boolean | string
  : T extends number
    ? number | string
    : T extends readonly (infer Item)[]
      ? readonly Item[] | string
      : T extends StorageConfig
        ? WrittenStorage | string
        : T extends RuleTable
          ? WrittenLimits | string
          : T extends RedisConfig
            ? string
            : T
