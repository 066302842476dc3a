#!/bin/sh
# What needs no build: formatting, shell scripts, words that do not belong here.
set -eu
cd "$(dirname "$0")/.."

scripts/swift-sources.sh | xargs -0 swift format lint --strict --parallel

git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck --severity=warning

# Paths of somebody's machine, and what marks unfinished work.
unwanted='(^|[^A-Za-z0-9._/])/(work|src|home|root|Users)/|TO''DO|FIX''ME|<<<<''<<<|>>>>''>>>'
if git grep -nIE "$unwanted" -- . ':!LICENSE' ':!*/third_party/*'; then
    echo 'error: the lines above hold a path of one machine, or a mark of unfinished work.' >&2
    exit 1
fi
