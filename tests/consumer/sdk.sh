#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The SDK as a third party has it: installs into a fresh prefix, moves that, and builds every
# directory of plugins/ outside of the tree, by CMake and by make with pkg-config, with each
# compiler; then runs each module in the srt of that prefix.
#   sdk.sh BUILD SOURCE
set -eu
build=$1
source=$2
compilers="gcc clang"
for tool in $compilers g++ clang++ cmake make pkg-config; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
stage=$(mktemp -d /var/tmp/srt-case-sdk.XXXXXX)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
log=$stage/log
quiet() { "$@" >"$log" 2>&1 || { cat "$log"; echo "failed: $*"; exit 1; }; }

quiet cmake --install "$build" --prefix "$stage/one"
prefix="$stage/moved tree"
mv "$stage/one" "$prefix"
# Nothing that is installed names the place that it was built or installed in.
files=$(find "$prefix" -name '*.pc' -o -name '*.cmake')
[ "$(echo "$files" | wc -l)" -ge 4 ] || { echo "the SDK is not installed: $files"; exit 1; }
if find "$prefix" \( -name '*.pc' -o -name '*.cmake' -o -name '*.h' \) -exec grep -lF -e "$stage" -e "$source" -e "$build" {} + | grep .; then
    echo "an installed file names a directory of the build"
    exit 1
fi
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name srt-backend.pc)")
export PKG_CONFIG_PATH
# A blank comes out with a backslash, as make and a shell want it.
backends=$(realpath "$(pkg-config --variable=backenddir srt-backend | sed "s/\\\\ / /g")")
[ -e "$backends/bwrap.so" ] || [ -e "$backends/landlock.so" ] || { echo "backenddir is $backends"; exit 1; }
[ "$(pkg-config --variable=abi srt-backend)" = 1 ]

for header in backend policy launch violation version; do
    for words in "gcc -std=c11 -x c" "clang -std=c11 -x c" "g++ -std=c++17 -x c++" "clang++ -std=c++17 -x c++"; do
        printf "#include <srt/%s.h>\nextern int not_empty;\n" "$header" |
            eval "$words - -fsyntax-only -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags srt-backend)"
    done
done

mkdir "$stage/home"
run() { # directory of modules, name
    case $2 in
    null) wanted='host' ;;
    *) wanted='alone' ;;
    esac
    HOME="$stage/home" "$prefix/bin/srtctl" backend-test "$1/$2.so" >"$log" 2>&1 || { cat "$log"; exit 1; }
    # shellcheck disable=SC2016 # for the shell inside
    found=$(cd "$stage/home" && HOME="$stage/home" "$prefix/bin/srt" --quiet --backend="$1/$2.so" --allow-unenforced=all -- \
        sh -c '[ "$(readlink /proc/self/ns/net)" = "$0" ] && echo host || echo alone' "$(readlink /proc/self/ns/net)" 2>>"$log")
    [ "$found" = "$wanted" ] || { cat "$log"; echo "$1/$2.so: found $found, expected $wanted"; exit 1; }
    symbols=$(nm -D --defined-only "$1/$2.so" | awk '{print $3}')
    [ "$symbols" = srt_backend_entry ] || { echo "$1/$2.so exports $symbols"; exit 1; }
}

n=0
for name in null example template; do
    for compiler in $compilers; do
        work="$stage/$name $compiler"
        from=$prefix/share/doc/srt/$name
        [ "$name" = null ] && from=$source/plugins/null
        cp -r "$from" "$work"
        quiet cmake -S "$work" -B "$work/b" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release \
            -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror" -DCMAKE_C_STANDARD=11 \
            -DCMAKE_C_EXTENSIONS=OFF -DCMAKE_INSTALL_PREFIX="$stage/theirs $compiler"
        quiet cmake --build "$work/b"
        run "$work/b" "$name"
        quiet cmake --install "$work/b"
        [ -e "$stage/theirs $compiler/${backends#"$prefix/"}/$name.so" ] || { echo "$name was not installed where backends are"; exit 1; }
        quiet make -C "$work" CC="$compiler" CFLAGS="-Werror -Wpedantic"
        run "$work" "$name"
        n=$((n + 2))
    done
    quiet make -C "$stage/$name gcc" install DESTDIR="$stage/dest"
    [ -e "$stage/dest$backends/$name.so" ] || { echo "make install put $name elsewhere"; exit 1; }
done
# The script that the template brings for its own CI.
cp -r "$prefix/share/doc/srt/template" "$stage/template"
PATH="$prefix/bin:$PATH" HOME="$stage/home" CMAKE_PREFIX_PATH="$prefix" quiet "$stage/template/ci/run"
for page in man3/srt-backend.3 man7/srt-backend.7; do
    [ -e "$(find "$prefix" -path "*/man/$page")" ] || { echo "$page is not installed"; exit 1; }
done
echo "$n modules built against the installed SDK, all of them run"
