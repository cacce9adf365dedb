#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# libsrt as others have it: installs into a fresh prefix, moves that, builds every program of examples/
# with each compiler by pkg-config, and one by CMake, runs them, and holds what they print against what
# their heads say.
#   library.sh BUILD SOURCE [BACKEND]
set -eu
build=$1 source=$2 backend=${3:-}
for tool in gcc clang g++ cmake pkg-config python3; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
stage=$(mktemp -d /var/tmp/srt-case-library.XXXXXX)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
log=$stage/log
quiet() { "$@" >"$log" 2>&1 || { cat "$log"; echo "failed: $*"; exit 1; }; }

quiet cmake --install "$build" --prefix "$stage/one"
prefix="$stage/moved tree"
mv "$stage/one" "$prefix"
pc=$(find "$prefix" -name srt.pc)
[ -n "$pc" ] || { echo "srt.pc is not installed"; exit 1; }
PKG_CONFIG_PATH=$(dirname "$pc")
libraries=$(dirname "$(find "$prefix" -name libsrt.so)")
export PKG_CONFIG_PATH LD_LIBRARY_PATH="$libraries"
[ -e "$libraries/libsrt.so.0" ] || { echo "libsrt.so.0 is not installed"; exit 1; }
if readelf -d "$libraries/libsrt.so.0" | grep -E 'RPATH|RUNPATH'; then
    echo "the library names directories"
    exit 1
fi

strict="-Wall -Wextra -Wpedantic -Werror -pthread -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700"
for compiler in clang gcc; do
    for file in "$source"/examples/*.c; do
        # A path with a blank in it: pkg-config escapes it, as a shell wants it.
        eval "quiet $compiler -std=c11 $strict '$file' -o '$stage/$(basename "$file" .c)' $(pkg-config --cflags --libs srt)"
    done
done
[ "$(find "$prefix" -path '*/doc/srt/examples/*.c' | wc -l)" = "$(find "$source/examples" -name '*.c' | wc -l)" ] ||
    { echo "the examples are not installed"; exit 1; }
# Without LD_LIBRARY_PATH.
eval "quiet gcc -std=c11 $strict '$source/examples/minimal.c' -o '$stage/minimal-rpath' $(pkg-config --cflags --libs srt)" \
    "-Wl,-rpath,$(pkg-config --variable=libdir srt)"
# And the program that the manual shows.
awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' "$source/docs/man/libsrt.3.md" >"$stage/manual.c"
eval "quiet gcc -std=c11 $strict '$stage/manual.c' -o '$stage/manual' $(pkg-config --cflags --libs srt)"
mkdir "$stage/project"
cat >"$stage/project/CMakeLists.txt" <<E
cmake_minimum_required(VERSION 3.16)
project(minimal C)
find_package(srt REQUIRED)
add_executable(minimal-cmake $source/examples/minimal.c)
target_link_libraries(minimal-cmake PRIVATE srt::srt)
E
quiet cmake -S "$stage/project" -B "$stage/project/b" -DCMAKE_PREFIX_PATH="$prefix"
quiet cmake --build "$stage/project/b"

mkdir -p "$stage/home/work"
cd "$stage/home/work"
export HOME="$stage/home"
unset XDG_STATE_HOME SRT_PROGRAM || true
[ -z "$backend" ] || export SRT_BACKEND="$backend"
mkdir shared room-0 room-1 room-2
expect() { # PROGRAM, text that its output holds
    grep -qF -e "$2" "$log" || { cat "$log"; echo "$1 does not print: $2"; exit 1; }
}

for minimal in "$stage/minimal" "$stage/project/b/minimal-cmake"; do
    "$minimal" sh -c 'echo yes >out/yes; echo no >no' >"$log" 2>&1 && { echo "minimal allows all"; exit 1; }
    expect minimal "$HOME/work/no ("
    [ -e out/yes ] && [ ! -e no ]
    rm out/yes
done
quiet env -u LD_LIBRARY_PATH "$stage/minimal-rpath" true
"$stage/manual" >"$log" 2>&1 && { echo "the manual's program allows all"; exit 1; }
expect "the manual's program" "$HOME/work/date ("
[ -s out/date ] && [ ! -e date ]
quiet "$stage/loop" "${SRT_TEST_LOOP:-100}"
expect loop "commands, 0 wrong"
quiet "$stage/two-sessions"
expect two-sessions "0 wrong"
[ "$(find shared -type f | wc -l)" -ge 1 ]

cat >"$stage/serve.py" <<'P'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"from outside\n")
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
P
mkfifo "$stage/port"
python3 "$stage/serve.py" >"$stage/port" &
server=$!
trap 'kill $server; rm -rf "$stage"' EXIT
read -r port <"$stage/port"
# The names of this machine go to the proxy too.
fetch='import os, sys, urllib.request as u; [os.environ.pop(k, 0) for k in ("no_proxy", "NO_PROXY")]; print(u.build_opener(u.ProxyHandler({"http": os.environ["HTTP_PROXY"]})).open(sys.argv[1]).read().decode())'
echo y | "$stage/ask" python3 -c "$fetch" "http://localhost:$port/" >"$log" 2>&1 || { cat "$log"; exit 1; }
expect ask "wants to reach localhost:$port (http)"
expect ask "from outside"
if echo n | "$stage/ask" python3 -c "$fetch" "http://localhost:$port/" >"$log" 2>&1; then
    echo "ask lets everything"
    exit 1
fi
expect ask "403"
echo "the examples do what they say"
