#!/bin/sh
# The smoke test: one person's life with a second factor, told with the command line and oathtool.
#
#   scripts/smoke.sh                                   against a server that it starts, and stops again
#   COUNTERSIGN_ADDRESS=HOST:PORT scripts/smoke.sh     against one that is running; further configuration as
#                                                      `countersign --help` says
#
# The programs are taken from BIN, else from the last build, else from PATH. The exit status is 0, or 1 with the
# name of the failing step.
set -eu

# ── Telling what happens ─────────────────────────────────────────────────────────────────────────────────────
step='getting ready'
step() {
    step=$1
    printf '  %s\n' "$step"
}
fail() {
    echo "error: smoke test failed at: $step" >&2
    [ $# -eq 0 ] || echo "hint: $*" >&2
    exit 1
}

# expect STATUS COMMAND... : the command must end with this exit status (countersign --help lists them). What it
# printed is in $answer.
expect() {
    wanted=$1
    shift
    status=0
    answer=$("$@" 2>"$work/errors") || status=$?
    [ "$status" -eq "$wanted" ] || fail "'$*' ended with $status instead of $wanted: $answer $(cat "$work/errors")"
}
# is EXPECTED : the answer must be this text.
is() {
    [ "$answer" = "$1" ] || fail "the answer is '$answer' and not '$1'"
}

# ── A server ─────────────────────────────────────────────────────────────────────────────────────────────────
work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

root=$(dirname "$0")/..
for folder in "${BIN:-}" "$root/.build/release" "$root/.build/debug"; do
    if [ -n "$folder" ] && [ -x "$folder/countersign" ]; then
        PATH=$(cd "$folder" && pwd):$PATH
        break
    fi
done

if [ -z "${COUNTERSIGN_ADDRESS:-}" ]; then
    step 'start a server with a development authority'
    countersignd init --directory "$work/var" >"$work/log" 2>&1 || fail "$(tail -n 5 "$work/log")"
    countersignd serve --config "$work/var/countersignd.yaml" --listen 127.0.0.1:0 \
        --address-file "$work/address" >"$work/log" 2>&1 &
    server=$!
    waited=0
    until [ -s "$work/address" ]; do
        kill -0 "$server" 2>/dev/null || fail "the server ended: $(tail -n 5 "$work/log")"
        waited=$((waited + 1))
        [ "$waited" -le 300 ] || fail "the server did not listen within 30 s: $(tail -n 5 "$work/log")"
        sleep 0.1
    done
    COUNTERSIGN_ADDRESS=$(cat "$work/address")
    COUNTERSIGN_CONFIG=$work/var/client.yaml
    export COUNTERSIGN_ADDRESS COUNTERSIGN_CONFIG
fi

# A person of this run's own, so that a running server may be asked again and again.
person=smoke-$(date +%s)-$$

# ── The conversation ─────────────────────────────────────────────────────────────────────────────────────────
step "ping $COUNTERSIGN_ADDRESS"
expect 0 countersign ping --wait --timeout 30

step 'enroll: a secret for the authenticator'
expect 0 countersign enroll totp "$person" --name "Smoke's phone" --no-qr --png "$work/qr.png"
# The whole answer was printed; from here on --field picks what is needed.
factor=$(printf '%s\n' "$answer" | sed -n 's/^ *"factor_id": "\(.*\)",$/\1/p')
secret=$(printf '%s\n' "$answer" | sed -n 's/^ *"secret_base32": "\(.*\)",$/\1/p')
if [ -z "$factor" ] || [ -z "$secret" ]; then fail "no factor or secret in $answer"; fi
[ -s "$work/qr.png" ] || fail 'no QR code'

# What an authenticator shows, for a moment such as "now". A code is good once, and none older than it; but the
# server takes the code of the next 30 seconds too, in case a clock is fast, so that nobody has to wait here.
authenticator() { printf '%s\n' "$secret" | oathtool --totp -b -N "$1" -; }

step 'our own code tool agrees with oathtool'
moment=1234567890
answer=$(printf '%s\n' "$secret" | countersign code - --at "$moment")
is "$(authenticator "@$moment")"

step 'a factor that is not activated proves nothing'
code=$(authenticator now)
expect 3 countersign verify "$person" "$code" --factor "$factor"

step 'activate: the first code proves possession and brings ten backup codes'
printf '%s\n' "$code" >"$work/code"
expect 0 countersign activate "$person" "$factor" - <"$work/code"
backup=$(printf '%s\n' "$answer" | sed -n '/"backup_codes": \[/,/\]/s/^ *"\([^"]*\)",*$/\1/p')
[ "$(printf '%s\n' "$backup" | wc -l)" -eq 10 ] || fail "not ten backup codes in $answer"
backup_code=$(printf '%s\n' "$backup" | head -n 1)

step 'verify: the next code is accepted'
code=$(authenticator 'now + 30 seconds')
expect 0 countersign verify "$person" "$code" --field verdict
is VERDICT_ACCEPTED

step 'the same code again is a replay'
expect 1 countersign verify "$person" "$code" --field verdict
is VERDICT_REPLAYED

step 'a wrong code is a verdict too, and is counted'
expect 1 countersign verify "$person" "$code$code" --field verdict
is VERDICT_WRONG_CODE

step 'recover: the phone is lost, a backup code gets the person in'
printf '%s\n' "$backup_code" >"$work/code"
expect 0 countersign recover "$person" - --field verification_id <"$work/code"
proof=$answer

step 'the same backup code is spent, and now as good as any wrong one'
expect 1 countersign recover "$person" - --field verdict <"$work/code"
is VERDICT_WRONG_CODE
expect 0 countersign backup-codes status "$person" --field codes_left
is 9

step 'list the factors'
expect 0 countersign factors "$person" --field factors.0.state
is FACTOR_STATE_ACTIVE

step 'suspend: the lost phone proves nothing'
expect 0 countersign factors suspend "$person" "$factor" --field factor.state
is FACTOR_STATE_SUSPENDED
expect 3 countersign verify "$person" "$(authenticator now)" --factor "$factor"

step 'resume: it is found again'
expect 0 countersign factors resume "$person" "$factor" --proof "$proof" --field factor.state
is FACTOR_STATE_ACTIVE

step 'revoke: it is gone for good'
expect 0 countersign factors revoke "$person" "$factor" --proof "$proof" --field factor.state
is FACTOR_STATE_REVOKED

step 'a malformed request names the field'
expect 3 countersign call VerificationService/Verify \
    "{\"tenant\": \"default\", \"subject\": \"$person\", \"kind\": \"FACTOR_KIND_TOTP\"}"
grep -q '^error: code: ' "$work/errors" || fail "the error does not name the field: $(cat "$work/errors")"

step 'events: everything was written down'
expect 0 countersign events --subject "$person" --page-size 500
for event in ENROLLMENT_STARTED ACTIVATION VERIFICATION FACTOR_SUSPENDED FACTOR_RESUMED FACTOR_REVOKED; do
    printf '%s\n' "$answer" | grep -q "EVENT_TYPE_$event" || fail "no event $event in $answer"
done

step 'erase: nothing is left of the person'
expect 0 countersign subject erase "$person" --yes --field erased
is true
expect 3 countersign factors "$person"

echo "smoke test passed"
