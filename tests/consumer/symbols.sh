#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every module exports exactly the entry, and the programs export nothing to modules.
set -eu
modules=$(find "$1" -name '*.so' \( -path '*/backends/*' -o -path '*/plugins/*' \))
[ -n "$modules" ]
for module in $modules; do
    found=$(nm -D --defined-only "$module" | awk '{print $3}')
    [ "$found" = srt_backend_entry ] || { echo "$module exports: $found"; exit 1; }
done
for program in "$1"/bin/srt "$1"/bin/srtctl; do
    if nm -D --defined-only "$program" | grep -q ' T srt_'; then
        echo "$program exports symbols"
        exit 1
    fi
done
echo "one symbol each"
