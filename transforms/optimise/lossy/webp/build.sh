#!/bin/sh
# Compiles encoder.wasm from libwebp's released sources and encoder.c; needs emcc (Debian: apt-get install emscripten) and curl.
#
#   sh transforms/optimise/lossy/webp/build.sh [folder of libwebp's sources]
set -eu
cd "$(dirname "$0")"
version=1.6.0
sum=e4ab7009bf0629fd11982d4c2aa83964cf244cffba7347ecd39019a9e38c4564
sources=${1:-}
if [ -z "$sources" ]; then
  sources=$(mktemp -d)
  trap 'rm -r "$sources"' EXIT
  curl -fsS -o "$sources/libwebp.tar.gz" "http://deb.debian.org/debian/pool/main/libw/libwebp/libwebp_$version.orig.tar.gz"
  echo "$sum  $sources/libwebp.tar.gz" | sha256sum -c -
  tar xzf "$sources/libwebp.tar.gz" -C "$sources" --strip-components=1
fi
files=$(ls "$sources"/src/enc/*.c "$sources"/src/utils/*.c "$sources"/src/dsp/*.c "$sources"/sharpyuv/*.c | grep -vE '_(mips|msa|neon|avx2)')
# shellcheck disable=SC2086
emcc -O3 -DNDEBUG -msimd128 -msse4.1 -DWEBP_HAVE_SSE2 -DWEBP_HAVE_SSE41 -I"$sources" -I"$sources/src" $files encoder.c \
  -o encoder.wasm --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=4MB -sTOTAL_STACK=1MB \
  -sMAXIMUM_MEMORY=2GB -sEXPORTED_FUNCTIONS=_room,_encode,_written,_leave -Wl,--wrap=VP8SetSegmentParams
cp "$sources/COPYING" COPYING.libwebp
# What a test compares: nobody forgets to compile what he has changed.
sha256sum encoder.c build.sh encoder.wasm > encoder.sha256
