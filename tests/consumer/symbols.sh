#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every module exports exactly the entry, the programs export nothing to modules, and the library
# exports what its header declares, each name with its version.
#   symbols.sh BUILD SOURCE
set -eu
modules=$(find "$1" -path "$1/packages" -prune -o -name '*.so' \( -path '*/backends/*' -o -path '*/plugins/*' \) -print)
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
library=$(find "$1" -maxdepth 4 -name libsrt.so)
[ -n "$library" ] || { echo "there is no libsrt.so"; exit 1; }
PYTHONPATH=$2/tests/docs PYTHONDONTWRITEBYTECODE=1 python3 - "$library" <<'P'
import subprocess, sys
import headers
declared = headers.functions(headers.text(library=True))
lines = subprocess.run(["nm", "-D", "--defined-only", sys.argv[1]], stdout=subprocess.PIPE, text=True, check=True).stdout
exported = {line.split()[2] for line in lines.splitlines() if line.split()[1] != "A"}
wanted = {name + "@@SRT_0" for name in declared}
if exported != wanted or len(wanted) < 50:
    sys.exit("exported and not declared: %s\ndeclared and not exported: %s" % (sorted(exported - wanted), sorted(wanted - exported)))
soname = subprocess.run(["readelf", "-d", sys.argv[1]], stdout=subprocess.PIPE, text=True, check=True).stdout
if "[libsrt.so.0]" not in soname:
    sys.exit("the soname is not libsrt.so.0")
P
echo "one symbol each, and those of the library"
