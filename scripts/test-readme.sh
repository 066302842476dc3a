#!/bin/bash
# Runs the README's own commands: the blocks after `<!-- run -->`, in order, in one shell, while the block after
# `<!-- run: server -->` runs beside them; then asks what the table of the policy asks. Everything happens in a folder
# with links to this one, so that ./var stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# blocks MARK: the contents of the shell blocks that follow this mark.
blocks() {
    awk -v mark="<!-- $1 -->" '
        $0 == mark { marked = 1; next }
        marked && /^```sh$/ { inside = 1; marked = 0; next }
        inside && /^```$/ { inside = 0; found++; print ""; next }
        inside
        marked && NF { print "error: no block after " mark > "/dev/stderr"; exit 2 }
        END { if (!found) { print "error: no block " mark > "/dev/stderr"; exit 2 } }' README.md
}

server_commands=$(blocks 'run: server')
commands=$(blocks run)

if (exec 3<>/dev/tcp/127.0.0.1/7443) 2>/dev/null; then
    echo 'error: something listens on 127.0.0.1:7443, the address in the README; stop it first.' >&2
    exit 1
fi

scratch=$(mktemp -d)
server=
finish() {
    # The whole group: make, its shell and the server.
    if [ -n "$server" ]; then
        kill -TERM -- "-$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$scratch"
}
trap finish EXIT

for entry in "$root"/* "$root/.build"; do
    [ "${entry##*/}" = var ] || ln -s "$entry" "$scratch/"
done
cd "$scratch"

set -m
bash -euc "$server_commands" >server.log 2>&1 &
server=$!
set +m

tries=0
until (exec 3<>/dev/tcp/127.0.0.1/7443) 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 18000 ] || ! kill -0 "$server" 2>/dev/null; then
        tail -n 20 server.log >&2
        echo 'error: the server did not start.' >&2
        exit 1
    fi
    sleep 0.1
done
sed -n '/DEVELOPMENT/,$p' server.log

echo "$commands" >commands.sh
bash -eux -o pipefail commands.sh

PATH=$PWD/.build/release:$PATH scripts/test-readme-policy.sh
