# Halftone as an image: `docker build -t halftone .`; with nginx and its Lua: `docker build --target nginx -t halftone-nginx .`
#
# The program is packed as for npm and laid over the packages that package-lock.json names, so that an image made today
# and one made in a year hold the same versions. Node itself is one of these packages.

FROM node:24-bookworm-slim AS package
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm pack --pack-destination /tmp

FROM node:24-bookworm-slim AS program
WORKDIR /opt/halftone
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY --from=package /tmp/halftone-*.tgz /tmp/halftone.tgz
# The compiled code is kept from this start on: the root file system of a container may be read-only.
RUN tar -xzf /tmp/halftone.tgz --strip-components=1 \
  && HALFTONE_DATA=/tmp/data bin/halftone check

FROM debian:bookworm-slim AS runtime
COPY --from=program /opt/halftone /opt/halftone
RUN ln -s /opt/halftone/bin/halftone /usr/local/bin/halftone \
  && install -d -o 65532 -g 65532 /var/lib/halftone
ENV HOST=0.0.0.0 \
    PORT=8080 \
    HALFTONE_DATA=/var/lib/halftone
WORKDIR /etc/halftone

# An nginx in front of the edges, which writes its own configuration at each start.
FROM runtime AS nginx
# The versions are those of Debian's stable release.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx-light libnginx-mod-http-lua lua-resty-core lua-cjson lua-nginx-redis \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o www-data -g www-data /var/cache/halftone-nginx \
  && ln -sf /dev/stdout /var/log/nginx/access.log \
  && ln -sf /dev/stderr /var/log/nginx/error.log
COPY deploy/docker/nginx.sh /usr/local/bin/halftone-nginx
EXPOSE 80
ENTRYPOINT ["/usr/local/bin/halftone-nginx"]

FROM runtime AS halftone
USER 65532:65532
EXPOSE 8080
VOLUME /var/lib/halftone
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["/opt/halftone/node_modules/.bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# bin/halftone replaces itself with Node, which gets the signals and is the parent of its own processes.
ENTRYPOINT ["/opt/halftone/bin/halftone"]
