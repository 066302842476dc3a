#!/bin/sh
# Holds the whole conversation of examples/conversation.c with a real server, as built and under ASan, UBSan and
# valgrind; then raw.c. Run by hand or by the tests of the whole, after `make -C clients/c check` or `make tested`:
#
#   COUNTERSIGN_ADDRESS=127.0.0.1:7443 COUNTERSIGN_CA=… COUNTERSIGN_CERTIFICATE=… COUNTERSIGN_KEY=… \
#       clients/c/tests/conversation.sh
#
# COUNTERSIGN_PLAINTEXT=1 instead of the three files: a server started with --dev. raw.c speaks plain text alone, so
# it runs only then. Needs oathtool. KINDS chooses among: plain asan tsan valgrind.
set -eu
cd "$(dirname "$0")/.."
address=${COUNTERSIGN_ADDRESS:-127.0.0.1:7443}
tenant=${COUNTERSIGN_TENANT:-default}
subject=c-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

set -- --address "$address" --tenant "$tenant" --code-command 'oathtool --totp -b SECRET --now @TIME'
if [ -n "${COUNTERSIGN_PLAINTEXT:-}" ]; then
    set -- "$@" --plaintext
else
    set -- "$@" --ca "$COUNTERSIGN_CA" --certificate "$COUNTERSIGN_CERTIFICATE" --key "$COUNTERSIGN_KEY"
    [ -z "${COUNTERSIGN_SERVER_NAME:-}" ] || set -- "$@" --server-name "$COUNTERSIGN_SERVER_NAME"
fi
memcheck='valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all'

for kind in ${KINDS:-plain asan valgrind}; do
    case $kind in
        plain) folder=build prefix='' ;;
        valgrind) folder=build prefix=$memcheck ;;
        # Old ThreadSanitizers do not bear the address space of new kernels.
        tsan) folder=build/tsan prefix="setarch $(uname -m) -R" ;;
        *) folder=build/$kind prefix='' ;;
    esac
    echo "conversation: $kind"
    $prefix "$folder/examples/conversation" "$@" --subject "$subject-$kind" > "$subject.log" || {
        status=$?
        cat "$subject.log"
        rm -f "$subject.log"
        echo "error: conversation: $kind" >&2
        exit "$status"
    }
    rm -f "$subject.log"
    if [ -n "${COUNTERSIGN_PLAINTEXT:-}" ]; then
        host=${address%:*}
        port=${address##*:}
        [ "$($prefix "$folder/examples/raw" "$host" "$port")" = SERVING ]
        $prefix "$folder/examples/raw" "$host" "$port" "$tenant" "$subject-raw-$kind" | grep -q '^otpauth://totp/'
    fi
done
