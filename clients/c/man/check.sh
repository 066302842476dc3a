#!/bin/sh
# check.sh SHARED_LIBRARY: what the library exports, what the headers declare and what the manual documents must be
# the same functions. Where mandoc is installed it also reads the pages.
set -eu
library=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$(dirname "$0")/.."

nm -D --defined-only "$library" | sed -n 's/.* T \(countersign_[a-z][a-z_]*\)@*.*/\1/p' |
    grep -v '^countersign__' | sort > "$folder/exported"
cat include/countersign/*.h include/countersign/generated/*.h | grep -v '^ \*' |
    grep -o '\bcountersign_[a-z_]*(' | tr -d '(' | sort -u > "$folder/declared"
sed -n 's/^\.Nm \(countersign_[a-z_]*\).*/\1/p' man/*.3 | sort > "$folder/documented"
sed -n '/^\.Ft/{n;s/^\.Fn \(countersign_[a-z_]*\) .*/\1/p;}' man/*.3 | sort > "$folder/shown"

status=0
for other in declared documented shown; do
    diff "$folder/exported" "$folder/$other" > "$folder/difference" && continue
    echo "error: exported (<) and $other (>) functions differ" >&2
    cat "$folder/difference" >&2
    status=1
done
if command -v mandoc > /dev/null; then
    mandoc -T lint -W warning man/*.3 >&2 || status=1
fi
exit "$status"
