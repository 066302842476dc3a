#!/bin/bash
# Runs the built Swift tests, one target after the other: each has the machine for itself, since tests of time-outs
# share it badly with tests that keep every core busy.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

for folder in Tests/*Tests; do
    target=${folder##*/}
    begin=$SECONDS
    status=0
    swift test --skip-build --filter "^$target\\." >"$log" 2>&1 || status=$?
    ran=$(sed -n 's/.*Test run with \([0-9]*\) tests* in .* passed after.*/\1/p' "$log")
    if [ $status -ne 0 ] || [ "${ran:-0}" -eq 0 ]; then
        grep -vE '^(◇|✔)' "$log" >&2 || true
        echo "error: $target failed, or has no tests." >&2
        exit 1
    fi
    printf '  %-24s %4d tests %5d s\n' "$target" "$ran" $((SECONDS - begin))
done
