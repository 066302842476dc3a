#!/bin/sh
# Prints the folder of MaxMind's test databases, and fetches them first where they are not there: they come with the
# source package of PyPI's maxminddb. In bad-data/ are those that made readers fail.
set -eu
version=3.2.0
hash=d28e0073fd1dd637c8b95947bc864b5625eca9f8f2db1538145e33b2a1cd4b92

build=$(cd "$(dirname "$0")" && pwd)/build
folder=$build/maxminddb-$version
if [ ! -d "$folder" ]; then
    mkdir -p "$build"
    new=$(mktemp -d "$build/maxminddb.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    echo "maxminddb==$version --hash=sha256:$hash" >"$new/requirements.txt"
    python3 -m pip --quiet --disable-pip-version-check download --no-deps --no-binary :all: --require-hashes \
        --requirement "$new/requirements.txt" --dest "$new" >&2
    tar -xzf "$new/maxminddb-$version.tar.gz" -C "$new"
    # Another one may have been faster.
    mv -T "$new/maxminddb-$version" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder/tests/data"
