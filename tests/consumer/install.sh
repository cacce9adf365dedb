#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An installed tree runs from anywhere, also after it was moved.
set -eu
build=$1
stage=$(mktemp -d /var/tmp/srt-case-install.XXXXXX)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
cmake --install "$build" --prefix "$stage/one" >"$stage/log" 2>&1 || { cat "$stage/log"; exit 1; }
mv "$stage/one" "$stage/moved tree"
mkdir "$stage/work" "$stage/home"
cd "$stage/work"
out=$(HOME="$stage/home" "$stage/moved tree/bin/srt" -c 'echo inside; touch /etc/no 2>/dev/null || echo refused')
[ "$out" = "inside
refused" ] || { echo "found: $out"; exit 1; }
"$stage/moved tree/bin/srtctl" backends | grep -q bwrap
for part in man/man1/srt.1 man/man1/srtctl.1 man/man5/srt-settings.5 man/man7/srt-security.7 \
    bash-completion/completions/srt bash-completion/completions/srtctl zsh/site-functions/_srt \
    fish/vendor_completions.d/srt.fish fish/vendor_completions.d/srtctl.fish; do
    [ -f "$stage/moved tree/share/$part" ] || { echo "$part is not installed"; exit 1; }
done
# The Node module finds the srt of its own tree.
if command -v node >/dev/null; then
    out=$(env -u SRT_PROGRAM HOME="$stage/home" node -e '
        const { Sandbox } = require(process.argv[1]);
        Sandbox.create({}).then(s => s.wrapWithSandbox("echo by $SANDBOX_RUNTIME node"))
            .then(w => process.stdout.write(w.includes("moved tree") ? require("child_process").execSync(w) : w));
        ' "$stage/moved tree/share/srt/node")
    [ "$out" = "by 1 node" ] || { echo "found: $out"; exit 1; }
fi
echo "the installed tree runs"
