#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plugins/native, copied out of the tree and built by hand against the installed headers alone, runs
# commands under the installed srt.
set -eu
source=$1
build=$2
command -v cc >/dev/null || exit 77
stage=$(mktemp -d /var/tmp/srt-case-native.XXXXXX)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
cmake --install "$build" --prefix "$stage/srt" >"$stage/log" 2>&1 || { cat "$stage/log"; exit 1; }
cp -R "$source/plugins/native" "$stage/native"
chmod -R go-w "$stage"
mkdir "$stage/work" "$stage/home"
cd "$stage/native"
rm CMakeLists.txt
flags="-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O2 -Wall -Wextra -Werror -I$stage/srt/include"
case $(uname -m) in
x86_64 | aarch64) bare="-nostdlib -ffreestanding -fno-builtin launch/start.c" ;;
*) bare="-DNATIVE_HOSTED" ;;
esac
# shellcheck disable=SC2086 # words
cc $flags -shared -fPIC -fvisibility=hidden -o native.so ./*.c
# shellcheck disable=SC2086 # words
cc $flags -static -fno-pie -no-pie -fno-stack-protector -U_FORTIFY_SOURCE -o native-launch \
    launch/main.c launch/tree.c launch/dev.c launch/mount.c launch/space.c launch/fail.c steps_read.c $bare
chmod go-w native.so native-launch
cd "$stage/work"
export HOME="$stage/home"
run() { "$stage/srt/bin/srt" --backend="$stage/native/native.so" -c "$1"; }
if ! run true 2>"$stage/why"; then
    cat "$stage/why"
    grep -q 'cannot be made here\|switched off\|Linux 5.12' "$stage/why" && exit 77
    exit 1
fi
out=$(run 'echo inside; touch /etc/no 2>/dev/null || echo refused; touch here && echo written')
[ "$out" = "inside
refused
written" ] || { echo "found: $out"; exit 1; }
# What is executed outside is judged, and missing is an error.
chmod g+w "$stage/native/native-launch"
run true 2>"$stage/why" && { echo "a launcher that others may write to was used"; exit 1; }
grep -q 'others may write to it' "$stage/why"
rm "$stage/native/native-launch"
run true 2>"$stage/why" && { echo "it ran without its launcher"; exit 1; }
grep -q 'cannot be used: No such file' "$stage/why"
echo "native runs, built against the installed headers alone"
