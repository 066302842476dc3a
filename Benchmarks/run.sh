#!/bin/sh
# `make bench`: builds the yardsticks and prints every figure beside its target. Options as of bench.py.
set -eu
exec "$(dirname "$0")/bench.py" "$@"
