// The part of nginx.conf that keeps pictures: where, under which key, for how long. Pure.
import { type FormatClass, formatClasses } from '../transforms/index.ts'
import { fromLua } from './config-text.ts'

export interface CacheSettings {
  readonly cacheFolder: string
  readonly cacheBytes: number
}

/** The longest first, for each may begin as another does. */
const classes = formatClasses.filter((formats) => formats !== 'basic').toSorted((a, b) => b.length - a.length)

const acceptLine = (formats: FormatClass): string => `  "~ r\\d+ ${formats}\\b" '${acceptOf(formats)}';\n`

const acceptOf = (formats: FormatClass): string =>
  formats === 'video' ? 'video/*' : [...formats.split(',').map((format) => `image/${format}`), '*/*'].join()

export const cacheDirectives = ({
  cacheFolder,
  cacheBytes,
}: CacheSettings): string => `# Hot pictures. A megabyte of keys is some 8,000 pictures; what nobody asked for in a week goes, and it is written where
# it stays, without a copy.
proxy_cache_path ${cacheFolder}/pictures levels=1:2 keys_zone=halftone_pictures:64m max_size=${cacheBytes}
                 inactive=7d use_temp_path=off;

# The key ends with what the client said, as far as the address lets it count (lua/halftone/front_key.lua). An edge is told
# the same and no more, so that what it answers is right for everybody with this key.
map $halftone_key $halftone_accept {
${classes.map(acceptLine).join('')}  default '*/*';
}
map $halftone_key $halftone_width {
  "~ r\\d+[^?]* w(?<halftone_hinted_width>[\\d.]+)" $halftone_hinted_width;
  default '';
}
map $halftone_key $halftone_dpr {
  "~ r\\d+[^?]* d(?<halftone_hinted_dpr>[\\d.]+)" $halftone_hinted_dpr;
  default '';
}
map $halftone_key $halftone_save_data {
  "~ r\\d+[^?]* s1" on;
  default '';
}

# Only what is a picture's own answer: a faulty address says other words in another order, and a picture that stands in
# for one that failed belongs to another address.
map $upstream_status $halftone_not_kept {
  # Behind a comma where another edge was asked first.
  "~(?:^|, )(?:200|404|410|415)$" '';
  default 1;
}

# Stale answers are served within the windows that the edge names. Where it forbids them, nothing is kept here: nginx would
# use it while an edge fails.
map $upstream_http_cache_control $halftone_forbids_stale {
  "~*must-revalidate|proxy-revalidate" 1;
  default '';
}

# RFC 9211: a hit is this cache's alone; else the words of the tiers behind come first.
map $upstream_cache_status $halftone_cache_status {
  HIT 'halftone-nginx; hit';
  STALE 'halftone-nginx; hit; detail=stale';
  UPDATING 'halftone-nginx; hit; detail=stale';
  EXPIRED '$halftone_told_status; fwd=stale';
  MISS '$halftone_told_status; fwd=uri-miss';
  default '$upstream_http_cache_status';
}
map $upstream_http_cache_status $halftone_told_status {
  '' 'halftone-nginx';
  default '$upstream_http_cache_status, halftone-nginx';
}`

export const cacheLocation = (
  proxied: string,
  hasLimits: boolean,
): string => `# Pictures, and all else that turns out to be none: Lua reads the address as it was sent.
location / {
  access_by_lua_block {
${fromLua("local access = require('halftone.access')")}
${fromLua('local request = access.read()')}
${hasLimits ? `${fromLua("require('halftone.limits').guard() -- a request that is well formed and signed")}\n` : ''}${fromLua('access.go(request)')}
  }
  header_filter_by_lua_block {
${fromLua("require('halftone.headers').filter()")}
  }

${proxied}
  # The edge is told of the client what the key says.
  proxy_set_header Accept $halftone_accept;
  proxy_set_header Sec-CH-Width '';
  proxy_set_header Width $halftone_width;
  # Both spellings of a hint mean the same, and one of them will do; an empty one is not sent.
  proxy_set_header Sec-CH-DPR '';
  proxy_set_header DPR $halftone_dpr;
  proxy_set_header Save-Data $halftone_save_data;
  # Pictures are the same for everybody.
  proxy_set_header Cookie '';
  proxy_set_header Authorization '';
  # What an edge has counted for one client is not to be kept for others.
  proxy_hide_header RateLimit;
  proxy_hide_header RateLimit-Policy;

  # The hot pictures.
  proxy_cache halftone_pictures;
  # Made by Lua, above.
  proxy_cache_key $halftone_key;
  # The key already says what Vary says; nginx would keep a copy for each spelling of Accept.
  proxy_ignore_headers Vary;
  # An edge says how long by X-Accel-Expires (HALFTONE_BEHIND_NGINX), else by Cache-Control; private answers are not kept.
  proxy_no_cache $halftone_not_kept $halftone_forbids_stale $upstream_http_halftone_fallback;
  # Of many who ask for the same missing picture one goes on, and the others wait for it.
  proxy_cache_lock on;
  # That one may have ended with its worker. Another that goes on costs little: an edge answers both with one picture.
  proxy_cache_lock_age 2s;
  proxy_cache_lock_timeout 30s;
  # Within the window that the edge names a stale picture is served at once, and one request fetches the new one.
  proxy_cache_background_update on;
  # An expired picture is fetched whole: after a 304 nginx would go on with the old Date and Age.
  proxy_cache_revalidate off;
}`
