#!/bin/sh
# Prints the Swift sources written by hand, each ended by a NUL.
set -eu
cd "$(dirname "$0")/.."
find Package.swift Sources Tests Benchmarks clients -name '*.swift' -not -path '*/Generated/*' -not -path '*/.build*/*' -print0
