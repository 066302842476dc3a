#!/bin/sh
# Runs the tests of the C client: as built, under ASan and UBSan, under TSan, under valgrind.
# Run by `make check`, in clients/c.
set -eu

folder=$(mktemp -d)
server=
stop_server() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}
trap 'stop_server; rm -rf "$folder"' EXIT

make_certificate() {
    name=$1
    shift
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
        -keyout "$folder/$name.key" -out "$folder/$name.csr" "$@" 2>/dev/null
    openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
        -copy_extensions copy -out "$folder/$name.pem" 2>/dev/null
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=test authority" -days 2 \
    -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
make_certificate server -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
make_certificate client -addext "subjectAltName=DNS:client.example"
openssl ec -aes128 -passout pass:locked -in "$folder/client.key" -out "$folder/locked.key" 2>/dev/null

# The program without the library: raw COMMAND PORT...
raw() {
    command=$1
    port=$2
    [ "$($command 127.0.0.1 "$port")" = SERVING ]
    [ "$($command 127.0.0.1 "$port" default alice)" = otpauth://totp/alice ]
}

# faults SLACK_MS COMMAND...: against a server of its own.
faults() {
    slack=$1
    shift
    rm -f "$folder/ports"
    python3 tests/server.py "$folder/ports" "$folder/server.pem" "$folder/server.key" "$folder/ca.pem" &
    server=$!
    tries=0
    until [ -f "$folder/ports" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || { echo "error: the test server did not start" >&2; exit 1; }
        sleep 0.05
    done
    # shellcheck disable=SC2046
    raw "$(echo "$@" | sed 's|tests/faults|examples/raw|')" $(cat "$folder/ports")
    # shellcheck disable=SC2046
    "$@" $(cat "$folder/ports") "$folder" "$slack"
    stop_server
}

# Address space randomisation of new kernels is more than old ThreadSanitizers bear.
fixed="setarch $(uname -m) -R"

for kind in ${KINDS:-plain asan tsan valgrind}; do
    echo "faults: $kind"
    case $kind in
        plain) faults 2000 build/tests/faults ;;
        asan) faults 4000 build/asan/tests/faults ;;
        tsan) faults 4000 $fixed build/tsan/tests/faults ;;
        valgrind)
            faults 8000 valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=all \
                --errors-for-leak-kinds=all build/tests/faults ;;
    esac
done
man/check.sh "$PWD/build/libcountersign.so"
tests/install.sh
