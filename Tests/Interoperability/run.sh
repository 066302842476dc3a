#!/bin/sh
# Strangers against the real server: containerd's Go client and our C client over TCP and over TLS, what zbarimg and
# pyotp read of the QR code, races, kill -9 under load, attacks. Before them: do the providers that tests start work?
#
#     run.sh [FOLDER OF THE PROGRAMS]        default .build/debug
#
# Needs the packages of `scripts/setup.sh test proto`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binaries=$(cd "${1:-$here/../../.build/debug}" && pwd)
scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT

fail() {
    echo "FAIL $1" >&2
    if [ -f "$scratch/server.log" ]; then tail -n 20 "$scratch/server.log" >&2; fi
    exit 1
}

# start FLAGS…: starts the server; sets $server and $address.
start() {
    rm -f "$scratch/address"
    "$binaries/countersignd" serve --listen 127.0.0.1:0 --address-file "$scratch/address" "$@" \
        >"$scratch/server.log" 2>&1 &
    server=$!
    tries=0
    until [ -s "$scratch/address" ]; do
        tries=$((tries + 1))
        if [ $tries -eq 300 ] || ! kill -0 "$server" 2>/dev/null; then fail "the server did not start"; fi
        sleep 0.1
    done
    address=$(cat "$scratch/address")
}

stop() {
    kill "$server"
    wait "$server" || fail "the server ended with status $?"
    server=
}

c_client=$here/../../clients/c
make --silent --no-print-directory -C "$c_client" all tested
make --silent --no-print-directory -C "$c_client" BUILD=build/asan \
    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' tested

"$here/go/build.sh" "$here/build" || fail "the Go client does not build"
"$binaries/countersignd" init --directory "$scratch/var" >/dev/null

start --config "$scratch/var/countersignd.yaml"
"$here/build/interoperability" -address "$address" -qr "$scratch/qr.png" -ca "$scratch/var/tls/ca.pem" \
    -certificate "$scratch/var/tls/client.pem" -key "$scratch/var/tls/client.key" || fail "Go client over TLS"
echo "PASS Go client over TLS with a client certificate"
COUNTERSIGN_ADDRESS=$address COUNTERSIGN_CA=$scratch/var/tls/ca.pem COUNTERSIGN_CERTIFICATE=$scratch/var/tls/client.pem \
    COUNTERSIGN_KEY=$scratch/var/tls/client.key "$c_client/tests/conversation.sh" || fail "C client over TLS"
echo "PASS C client over TLS: as built, under ASan and UBSan, under valgrind"
stop

uri=$(cat "$scratch/qr.png.uri")
[ "$("$here/oracles.py" qr "$scratch/qr.png")" = "$uri" ] || fail "zbarimg reads something else in the QR code"
echo "PASS zbarimg reads the URI in the QR code"
"$here/oracles.py" uri "$uri" >"$scratch/uri.json" || fail "pyotp does not read $uri"
grep -q '"digits": 6, "period": 30, "name": "zoë@example.org"' "$scratch/uri.json" ||
    fail "pyotp reads $(cat "$scratch/uri.json")"
echo "PASS pyotp reads the otpauth URI"

# The same configuration without its TLS section.
sed '/^tls:/,/^[^ ]/{/^tls:/d;/^ /d}' "$scratch/var/countersignd.yaml" >"$scratch/var/plaintext.yaml"
start --config "$scratch/var/plaintext.yaml" --dev
"$here/build/interoperability" -address "$address" || fail "Go client over TCP"
echo "PASS Go client over TCP"
COUNTERSIGN_ADDRESS=$address COUNTERSIGN_PLAINTEXT=1 "$c_client/tests/conversation.sh" || fail "C client and raw.c over TCP"
echo "PASS C client and raw.c over TCP: as built, under ASan and UBSan, under valgrind"
stop

"$here/providers_selftest.py"
"$here/races.py" "$binaries"
"$here/chaos.py" "$binaries"
"$here/attacks.py" "$binaries"
