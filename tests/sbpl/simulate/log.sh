#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A double of `log stream --style ndjson`: what the double of sandbox-exec beside it
# records. With a file "dies" beside it, it ends after so many records, once.
here=$(dirname "$0")
[ "$1 $2 $3" = "stream --style ndjson" ] || exit 64
echo "Filtering the log data using \"$5\""
if [ -s "$here/dies" ]; then
    count=$(cat "$here/dies")
    : > "$here/dies"
    tail -n +1 -f "$here/records" | head -n "$count"
    exit 0
fi
exec tail -n +1 -f "$here/records"
