#!/bin/sh
# Builds both programs in release mode, with the compiler's own progress lines. The Swift libraries are linked in,
# so that the programs run where no toolchain is.
set -eu
cd "$(dirname "$0")/.."
echo 'Building countersignd and countersign in release mode; the first time takes some minutes.'
for product in countersignd countersign; do
    # Functions with the same code become one, but for those whose address somebody may compare: 4 MB less in memory.
    swift build -c release --static-swift-stdlib --product "$product" -Xlinker --icf=safe
done
