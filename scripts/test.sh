#!/bin/bash
# Installs what the tests need and runs all of them, cheapest first, and stops at the first that fails.
# With names it runs those stages alone: scripts/test.sh check swift
set -euo pipefail
cd "$(dirname "$0")/.."

stages=(setup check build swift generated c release smoke interoperability package readme)

setup() { scripts/setup.sh run smoke check proto c test; }
check() { scripts/check.sh; }
build() { swift build --build-tests; }
swift_() { scripts/test-swift.sh; }
generated() { proto/generate.sh --check; }
c() { make --no-print-directory -C clients/c check; }
release() { make --no-print-directory build; }
smoke() { scripts/smoke.sh; }
interoperability() { Tests/Interoperability/run.sh .build/release; }
package() { scripts/test-client-package.sh; }
readme() { scripts/test-readme.sh; }

if [ $# -gt 0 ]; then
    for name in "$@"; do
        [[ " ${stages[*]} " == *" $name "* ]] || { echo "error: no stage $name; there are: ${stages[*]}" >&2; exit 2; }
    done
    stages=("$@")
fi

summary=''
for name in "${stages[@]}"; do
    printf '\n== %s\n' "$name"
    begin=$SECONDS
    function=$name
    [ "$name" != swift ] || function=swift_
    # In a shell of its own and outside of any condition, where `set -e` would not hold.
    set +e
    (set -e; "$function")
    status=$?
    set -e
    took=$((SECONDS - begin))
    if [ $status -ne 0 ]; then
        printf '\n== %s failed after %d s with status %d\n' "$name" "$took" "$status" >&2
        exit 1
    fi
    summary+=$(printf '  %-16s %5d s' "$name" "$took")$'\n'
done
printf '\nAll passed:\n%s  %-16s %5d s\n' "$summary" total "$SECONDS"
