// Which paths are the API's.

/** First segments of the API's paths: where no edge stands in front, everything else belongs to the tiers. */
export const apiPaths: ReadonlySet<string> = new Set([
  ...['v1', 'openapi.json', 'results', 'user_status', '1.0'],
  ...[
    'base',
    'info',
    'multipart',
    'from_url',
    'group',
    'files',
    'groups',
    'project',
    'webhooks',
    'convert',
    'addons',
  ],
])
