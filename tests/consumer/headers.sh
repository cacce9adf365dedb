#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles every public header on its own, in C11 and C++17, with each compiler.
set -eu
source=$1
generated=$2
for header in "$source"/srt/*.h "$generated"/srt/*.h; do
    for compiler in "gcc -std=c11 -x c" "clang -std=c11 -x c" "g++ -std=c++17 -x c++" "clang++ -std=c++17 -x c++"; do
        command -v "${compiler%% *}" >/dev/null || exit 77
        # shellcheck disable=SC2086 # words
        printf '#include "%s"\n#include "%s"\nextern int not_empty;\n' "$header" "$header" |
            $compiler - -fsyntax-only -Wall -Wextra -Wpedantic -Werror -I"$source" -I"$generated"
    done
done
echo "public headers compile alone"
