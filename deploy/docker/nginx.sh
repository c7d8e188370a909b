#!/bin/sh
# Writes nginx's configuration from the one of Halftone, then becomes nginx.
set -eu
halftone nginx --out /run/halftone-nginx --run /run "$@"
chown -R root:www-data /run/halftone-nginx
exec nginx -c /run/halftone-nginx/nginx.conf -g 'daemon off;'
