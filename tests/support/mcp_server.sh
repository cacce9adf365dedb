#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the path of a real MCP server from npm, which is kept in the user's cache. What is missing is
# a skip: 77, and why.
set -eu
package=@modelcontextprotocol/server-filesystem version=2026.8.31
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/srt-test/mcp-filesystem-$version
server=$cache/node_modules/$package/dist/index.js
for tool in node npm; do
    command -v "$tool" >/dev/null || { echo "SKIP: $tool is not installed"; exit 77; }
done
if [ ! -f "$server" ]; then
    mkdir -p "$(dirname "$cache")" 2>/dev/null || { echo "SKIP: cannot write to $cache"; exit 77; }
    room=$(mktemp -d "$cache.XXXXXX")
    trap 'rm -rf "$room"' EXIT
    echo '{"private": true}' >"$room/package.json"
    # Not by --prefix: npm would then leave the machine's own settings out.
    (cd "$room" && npm install --loglevel=error --no-audit --no-fund --ignore-scripts "$package@$version" >npm.log 2>&1) ||
        { cat "$room/npm.log"; echo "SKIP: cannot fetch $package@$version"; exit 77; }
    mv -T "$room" "$cache" 2>/dev/null || [ -f "$server" ] # another one was faster
fi
echo "$server"
