#!/bin/sh
# install.sh FOLDER: installs the manual pages, and for each other name of a page a page that points to it.
set -eu
folder=$1
cd "$(dirname "$0")"
install -d "$folder"
for page in *.3; do
    install -m 644 "$page" "$folder"
    sed -n 's/^\.Nm \([a-z_]*\).*/\1/p' "$page" | sort -u | while read -r name; do
        [ "$name.3" = "$page" ] || echo ".so man3/$page" > "$folder/$name.3"
    done
done
