#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sizes, offsets and values of the interface for 64-bit systems: Linux on two architectures, and
# darwin. And that every member and every value is in the table.
#   abi.sh SOURCE BUILD
set -eu
source=$1 build=$2
here=$source/tests/consumer
flags="-fsyntax-only -Wall -Wextra -Werror -I$source/core/include"
check() {
    command -v "${1%% *}" >/dev/null || { echo "${1%% *} is not installed"; exit 77; }
    # shellcheck disable=SC2086 # words
    $1 $flags "$here/abi.c"
    # shellcheck disable=SC2086 # words
    $1 $flags -I"$build/include" "$here/abi_library.c"
}
check "gcc -std=c11"
check "clang -std=c11"
check "g++ -x c++ -std=c++17"
check "clang++ -x c++ -std=c++17"
check "aarch64-linux-gnu-gcc -std=c11"
for target in x86_64-apple-darwin arm64-apple-darwin aarch64-linux-gnu; do
    # No headers of that system are needed: the interface uses those of the compiler alone.
    check "clang -target $target -std=c11 -ffreestanding -nostdlibinc"
done
# The table can fail.
for change in 's/AT(srt_host, fail, [0-9]*)/AT(srt_host, fail, 4)/' 's/IS(SRT_OP_UNIX, 8)/IS(SRT_OP_UNIX, 9)/' 's/SIZE(srt_backend, [0-9]*)/SIZE(srt_backend, 80)/'; do
    # shellcheck disable=SC2086 # words
    if sed "$change" "$here/abi.c" | gcc -std=c11 -x c - $flags 2>/dev/null; then
        echo "the table holds nothing: $change"
        exit 1
    fi
done
PYTHONPATH=$source/tests/docs PYTHONDONTWRITEBYTECODE=1 python3 - "$here/abi.c" "$here/abi_library.c" <<'P'
import re, sys
import headers
missing = []
for path, library in zip(sys.argv[1:], (False, True)):
    table = open(path, encoding="utf-8").read()
    source = headers.text(library)
    wanted = ["AT(%s, %s," % (s, m) for s, members in headers.structures(source).items() for m in members]
    wanted += ["SIZE(%s," % s for s in headers.structures(source)]
    enums = "".join(re.findall(r"typedef enum srt_\w+ \{(.*?)\}", source, re.S))
    wanted += ["IS(%s," % c for c in re.findall(r"\bSRT_\w+", enums) if c != "SRT_RULE_CLASS_COUNT"]
    missing += [m for m in wanted if m not in table]
print("\n".join("not in the table: " + m for m in missing))
sys.exit(1 if missing else 0)
P
echo "pinned"
