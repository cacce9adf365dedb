#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example mcp.c with a real MCP server from npm. What is missing is a skip.
#   mcp.sh BUILD SOURCE
set -eu
build=$1 source=$2
command -v gcc >/dev/null || { echo "SKIP: gcc is not installed"; exit 77; }
server=$("$source/tests/support/mcp_server.sh") || { status=$?; echo "$server"; exit $status; }
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
