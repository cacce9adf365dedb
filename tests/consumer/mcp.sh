#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example mcp.c with a real MCP server from npm, which is kept in the user's cache. What is missing
# is a skip.
#   mcp.sh BUILD SOURCE
set -eu
build=$1 source=$2
package=@modelcontextprotocol/server-filesystem@2026.8.31
for tool in gcc node npm; do
    command -v "$tool" >/dev/null || { echo "SKIP: $tool is not installed"; exit 77; }
done
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/srt-test/mcp-filesystem-2026.8.31
server=$cache/node_modules/@modelcontextprotocol/server-filesystem/dist/index.js
if [ ! -f "$server" ]; then
    mkdir -p "$(dirname "$cache")" 2>/dev/null || { echo "SKIP: cannot write to $cache"; exit 77; }
    room=$(mktemp -d "$cache.XXXXXX")
    echo '{"private": true}' >"$room/package.json"
    # Not by --prefix: npm would then leave the machine's own settings out.
    (cd "$room" && npm install --loglevel=error --no-audit --no-fund --ignore-scripts "$package" >npm.log 2>&1) ||
        { cat "$room/npm.log"; rm -rf "$room"; echo "SKIP: cannot fetch $package"; exit 77; }
    mv "$room" "$cache" 2>/dev/null || rm -rf "$room"
fi
stage=$(mktemp -d /var/tmp/srt-case-mcp.XXXXXX)
trap 'rm -rf "$stage"' EXIT
library=$(dirname "$(find "$build" -maxdepth 3 -name libsrt.so)")
gcc -std=c11 -Wall -Wextra -Werror -D_XOPEN_SOURCE=700 -I"$source/core/include" -I"$build/include" \
    "$source/examples/mcp.c" -o "$stage/mcp" -L"$library" -lsrt
mkdir -p "$stage/top/room" "$stage/home"
cd "$stage/top"
HOME=$stage/home LD_LIBRARY_PATH=$library "$stage/mcp" "$stage/top" node "$server" "$stage/top" >"$stage/out" 2>"$stage/err" ||
    { cat "$stage/out" "$stage/err"; exit 1; }
for text in '"serverInfo"' 'room/yes.txt: {"result":' "refused: deny create $stage/top/"; do
    grep -qF -e "$text" "$stage/out" || { cat "$stage/out" "$stage/err"; echo "not printed: $text"; exit 1; }
done
[ "$(cat room/yes.txt)" = text ] && [ ! -e no.txt ] || { ls -R; exit 1; }
grep '^no.txt: ' "$stage/out" | grep -q 'isError":true' || { cat "$stage/out"; exit 1; }
echo "a real MCP server in a sandbox: what it may not write it does not"
