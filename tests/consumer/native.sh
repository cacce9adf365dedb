#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plugins/native, copied out of the tree and built by make with pkg-config and by CMake against the
# installed SDK alone, runs commands under the installed srt.
set -eu
source=$1
build=$2
for tool in cc make cmake pkg-config; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
stage=$(mktemp -d /var/tmp/srt-case-native.XXXXXX)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
cmake --install "$build" --prefix "$stage/srt" >"$stage/log" 2>&1 || { cat "$stage/log"; exit 1; }
cp -R "$source/plugins/native" "$stage/native"
chmod -R go-w "$stage"
mkdir "$stage/work" "$stage/home"
quiet() { "$@" >"$stage/log" 2>&1 || { cat "$stage/log"; echo "failed: $*"; exit 1; }; }
PKG_CONFIG_PATH=$(dirname "$(find "$stage/srt" -name srt-backend.pc)")
export PKG_CONFIG_PATH
quiet make -C "$stage/native" CFLAGS="-O2 -Wall -Wextra -Werror"
quiet cmake -S "$stage/native" -B "$stage/by-cmake" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$stage/srt" \
    -DCMAKE_C_FLAGS="-Wall -Wextra -Werror" -DCMAKE_INSTALL_PREFIX="$stage/theirs"
quiet cmake --build "$stage/by-cmake"
quiet cmake --install "$stage/by-cmake"
theirs=$(dirname "$(find "$stage/theirs" -name native.so)")
[ -x "$theirs/native-launch" ] || { echo "the launcher was not installed beside the module"; exit 1; }
cd "$stage/work"
export HOME="$stage/home"
module=$stage/native/native.so
run() { "$stage/srt/bin/srt" --backend="$module" -c "$1"; }
if ! run true 2>"$stage/why"; then
    cat "$stage/why"
    grep -q 'cannot be made here\|switched off\|Linux 5.12' "$stage/why" && exit 77
    exit 1
fi
for module in "$theirs/native.so" "$stage/by-cmake/native.so" "$stage/native/native.so"; do
    out=$(run 'echo inside; touch /etc/no 2>/dev/null || echo refused; touch here && echo written; rm here')
    [ "$out" = "inside
refused
written" ] || { echo "$module: found: $out"; exit 1; }
done
# What is executed outside is judged, and missing is an error.
chmod g+w "$stage/native/native-launch"
run true 2>"$stage/why" && { echo "a launcher that others may write to was used"; exit 1; }
grep -q 'others may write to it' "$stage/why"
rm "$stage/native/native-launch"
run true 2>"$stage/why" && { echo "it ran without its launcher"; exit 1; }
grep -q 'cannot be used: No such file' "$stage/why"
echo "native runs, built against the installed SDK alone"
