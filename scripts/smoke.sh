#!/bin/sh
# The smoke test: one person's life with a second factor, told with the command line and oathtool.
#
#   scripts/smoke.sh                                   against a server that it starts, and stops again
#   COUNTERSIGN_ADDRESS=HOST:PORT scripts/smoke.sh     against one that is running; further configuration as
#                                                      `countersign --help` says
#
# SMS are read where a development server puts them: in OUTBOX, else in the folder outbox beside the configuration. Where
# there is none, the SMS are left out.
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

# People, a telephone number and keys of this run's own, so that a running server may be asked again and again.
person=smoke-$(date +%s)-$$
number=+4179$(printf '%07d' $((($(date +%s) * 31 + $$) % 10000000)))
COUNTERSIGN_AUTHENTICATOR=$work/authenticator.json
export COUNTERSIGN_AUTHENTICATOR
outbox=${OUTBOX:-$(dirname "${COUNTERSIGN_CONFIG:-var/client.yaml}")/outbox}
[ -d "$outbox" ] || outbox=

# member NAME : the text of a member of the answer.
member() { printf '%s\n' "$answer" | sed -n "s/^ *\"$1\": \"\(.*\)\",*\$/\1/p" | head -n 1; }

# The code in the newest SMS, into $code. It must come within 10 seconds, and after the one that was read before.
message=
receive() {
    waited=0
    while :; do
        newest=$(grep -lxF "to: $number" "$outbox"/* 2>/dev/null | sort | tail -n 1)
        [ -z "$newest" ] || [ "$newest" = "$message" ] || break
        waited=$((waited + 1))
        [ "$waited" -le 100 ] || fail "no new SMS in $outbox"
        sleep 0.1
    done
    message=$newest
    code=$(sed -n 's/^Your code is: \([0-9]\{6,8\}\)$/\1/p' "$message")
    [ -n "$code" ] || fail "no code in $(cat "$message")"
}

# ── The conversation ─────────────────────────────────────────────────────────────────────────────────────────
step "ping $COUNTERSIGN_ADDRESS"
expect 0 countersign ping --wait --timeout 30

if [ -n "$outbox" ]; then
    step 'SMS: a code to a telephone number makes it a factor'
    expect 0 countersign enroll sms "$person-sms" "$number"
    sms_factor=$(member factor_id)
    [ -n "$sms_factor" ] || fail "no factor in $answer"
    case $answer in *"$number"*) fail 'the answer has the whole number' ;; esac
    receive
    expect 1 countersign activate "$person-sms" "$sms_factor" "$(printf '%s' "$code" | tr 0-9 1-90)" --field verdict
    is VERDICT_WRONG_CODE
    expect 0 countersign activate "$person-sms" "$sms_factor" "$code" --field verdict
    is VERDICT_ACCEPTED

    step 'SMS: another one at once is refused'
    expect 1 countersign challenge start "$person-sms" --kind sms --field limit
    is SEND_LIMIT_ADDRESS
else
    echo '  no outbox: the SMS are left out'
fi

step 'enroll: a secret for the authenticator'
expect 0 countersign enroll totp "$person" --name "Smoke's phone" --no-qr --png "$work/qr.png"
# The whole answer was printed; where one thing is needed, --field picks it.
factor=$(member factor_id)
secret=$(member secret_base32)
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

step 'the same backup code is spent, and no other is looked at in this sign-in'
expect 1 countersign recover "$person" - --field verdict <"$work/code"
is VERDICT_RATE_LIMITED
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

step 'policy: a newcomer is let through while the time to enroll runs'
policy=$person-policy
home='--fingerprint laptop --ip 192.0.2.7'
# shellcheck disable=SC2086 # words of their own
evaluate() { countersign evaluate "$policy" "$@" $home; }
expect 0 evaluate --action sign_in --ordinary
printf '%s\n' "$answer" | grep -q EVALUATION_REASON_GRACE_RUNNING || fail "no grace in $answer"

step 'policy: with a factor, a new device and a new place are asked for it'
expect 0 countersign enroll totp "$policy" --no-qr
policy_factor=$(member factor_id)
secret=$(member secret_base32)
authenticator now >"$work/code"
expect 0 countersign activate "$policy" "$policy_factor" - --field backup_codes.0 <"$work/code"
backup_code=$answer
expect 1 evaluate --action sign_in --ordinary --field requirement
is REQUIREMENT_PROMPT
authenticator '+30 seconds' >"$work/code"
# shellcheck disable=SC2086
expect 0 countersign verify "$policy" - $home --field verification_id <"$work/code"
proof=$answer
expect 0 evaluate --action sign_in --ordinary --field requirement
is REQUIREMENT_ALLOW

step 'policy: a remembered device is not asked elsewhere; a token that is used twice ends that'
expect 0 countersign devices trust "$policy" --proof "$proof" --name Laptop --field device_token
token=$answer
expect 0 countersign evaluate "$policy" --action sign_in --ordinary --ip 203.0.113.9 --device-token "$token"
expect 1 countersign evaluate "$policy" --action sign_in --ordinary --ip 203.0.113.9 --device-token "$token"
printf '%s\n' "$answer" | grep -q DEVICE_TOKEN_REUSED || fail "the copy is not noticed: $answer"
expect 0 countersign devices forget "$policy" --all --field forgotten
is 0

step 'policy: a sensitive action is asked for everywhere, by name'
expect 1 evaluate --action payment.create --sensitive --field requirement
is REQUIREMENT_REQUIRE
printf '%s' "$backup_code" >"$work/code"
expect 0 countersign verify "$policy" - --kind backup-codes --action payment.create <"$work/code"
member receipt >"$work/receipt"
expect 0 evaluate --action payment.create --sensitive --verification "$(member verification_id)" --field requirement
is REQUIREMENT_ALLOW

step 'receipt: the verification shown to another program, which spends it'
expect 1 countersign receipt redeem - --action payment.cancel --field verdict <"$work/receipt"
is VERDICT_WRONG_CODE
expect 0 countersign receipt redeem - --action payment.create --field verdict <"$work/receipt"
is VERDICT_ACCEPTED
expect 1 countersign receipt redeem - --action payment.create --field verdict <"$work/receipt"
is VERDICT_REPLAYED
expect 0 countersign subject erase "$policy" --yes

step 'HOTP: a token that counts'
expect 0 countersign enroll hotp "$person-hotp" --no-qr
factor=$(member factor_id)
member otpauth_uri >"$work/uri"
expect 0 countersign authenticator add - --name token <"$work/uri"
expect 0 countersign authenticator code token
expect 0 countersign activate "$person-hotp" "$factor" "$answer" --field verdict
is VERDICT_ACCEPTED
# One code is skipped: somebody played with the button.
expect 0 countersign authenticator code token
expect 0 countersign authenticator code token
code=$answer
expect 0 countersign verify "$person-hotp" "$code" --kind hotp --field verdict
is VERDICT_ACCEPTED
expect 1 countersign verify "$person-hotp" "$code" --kind hotp --field verdict
is VERDICT_REPLAYED

step 'push: a device is paired'
expect 0 countersign enroll push "$person-push" --no-qr --field push.pairing_uri
printf '%s\n' "$answer" >"$work/uri"
expect 0 countersign authenticator pair - --model "Smoke's phone" --field verdict <"$work/uri"
is VERDICT_ACCEPTED

# ask : starts a push challenge; its id is in $challenge, the number to match in $match.
ask() {
    expect 0 countersign challenge start "$person-push" --kind push --action 'transfer 120 EUR' \
        --context 'Chrome on Windows' --location 'Zurich, Switzerland'
    challenge=$(member challenge_id)
    match=$(member number_to_match)
    if [ -z "$challenge" ] || [ -z "$match" ]; then fail "no challenge or number in $answer"; fi
}

step 'push: the device shows what is asked, and there is one question at a time'
ask
expect 0 countersign authenticator list --field pushes.0.action
is 'transfer 120 EUR'
expect 1 countersign challenge start "$person-push" --kind push --field limit
is SEND_LIMIT_OUTSTANDING
expect 3 countersign verify "$person-push" --challenge "$challenge"

step 'push: another number is not the number'
expect 1 countersign authenticator approve "$(printf '%s' "$match" | tr 0-9 1-90)" --field verdict
is VERDICT_WRONG_CODE

step 'push: approved with the number, and good once'
expect 0 countersign authenticator approve "$match" --field verdict
is VERDICT_ACCEPTED
expect 0 countersign challenge get "$person-push" "$challenge" --wait 10 --field challenge.state
is CHALLENGE_STATE_APPROVED
expect 0 countersign verify "$person-push" --challenge "$challenge" --field verdict
is VERDICT_ACCEPTED
expect 1 countersign verify "$person-push" --challenge "$challenge" --field verdict
is VERDICT_REPLAYED

step 'push: a withdrawn question waits for no answer'
ask
expect 0 countersign challenge cancel "$person-push" "$challenge" --field challenge.state
is CHALLENGE_STATE_CANCELLED
expect 3 countersign authenticator deny --challenge "$challenge"

step 'push: the person did not start it, and is asked no more'
ask
expect 0 countersign authenticator deny --fraud --field verdict
is VERDICT_DENIED
expect 0 countersign challenge get "$person-push" "$challenge" --field challenge.denial_reason
is DENIAL_REASON_UNKNOWN_TRIGGER
expect 1 countersign challenge start "$person-push" --kind push --field limit
is SEND_LIMIT_PAUSED
expect 0 countersign events --subject "$person-push" --page-size 500
for event in CHALLENGE_STARTED PUSH_ANSWERED CHALLENGE_CANCELLED FRAUD_REPORTED; do
    printf '%s\n' "$answer" | grep -q "EVENT_TYPE_$event" || fail "no event $event in $answer"
done

if [ -n "$outbox" ]; then
    step 'SMS: a code to sign in with, once 30 seconds are over since the last one'
    waited=0
    until countersign challenge start "$person-sms" --kind sms --field challenge.challenge_id \
        >"$work/challenge" 2>"$work/errors"; do
        waited=$((waited + 1))
        [ "$waited" -le 40 ] || fail "still refused after 40 s: $(cat "$work/challenge" "$work/errors")"
        sleep 1
    done
    challenge=$(cat "$work/challenge")
    receive
    expect 0 countersign verify "$person-sms" "$code" --challenge "$challenge" --field verdict
    is VERDICT_ACCEPTED
    expect 1 countersign verify "$person-sms" "$code" --challenge "$challenge" --field verdict
    is VERDICT_REPLAYED
    expect 0 countersign subject erase "$person-sms" --yes
fi

step 'recovery: an operator starts it, and cannot approve it'
person_lost=$person-lost
expect 0 countersign subject put "$person_lost" --email "$person_lost@example.org"
expect 0 countersign enroll totp "$person_lost" --no-qr
factor_lost=$(member factor_id)
secret_lost=$(member secret_base32)
expect 0 countersign activate "$person_lost" "$factor_lost" "$(oathtool --totp -b "$secret_lost")" --field verdict
start_recovery() {
    expect 0 countersign recovery start "$person_lost" --operator olga --reason 'telephone lost' --evidence HD-1
    recovery=$(member recovery_id)
}
start_recovery
expect 3 countersign recovery approve "$person_lost" "$recovery" --operator Olga --return-code

step 'recovery: another operator approves it, the code of the person starts a new factor, and that is the only one'
expect 0 countersign recovery approve "$person_lost" "$recovery" --operator otto --return-code
code=$(member recovery_code)
expect 1 countersign recovery complete "$person_lost" 0000-0000-0000-0000 --field verdict
is VERDICT_WRONG_CODE
expect 0 countersign recovery complete "$person_lost" "$code"
proof=$(member verification_id)
expect 0 countersign enroll totp "$person_lost" --no-qr --proof "$proof"
factor_new=$(member factor_id)
secret_new=$(member secret_base32)
expect 0 countersign activate "$person_lost" "$factor_new" "$(oathtool --totp -b "$secret_new")" --field verdict
is VERDICT_ACCEPTED
expect 0 countersign recovery show "$person_lost" --field recovery.state
is RECOVERY_STATE_COMPLETED
expect 3 countersign verify "$person_lost" "$(oathtool --totp -b "$secret_lost")" --factor "$factor_lost"

step 'recovery: an objection stops it'
start_recovery
if [ -n "$outbox" ]; then
    waited=0
    # Files are in the order of time; the newest notice is this recovery's.
    until veto=$(grep -lxF "to: $person_lost@example.org" "$outbox"/* 2>/dev/null | sort |
        xargs -r sed -n 's/^.*stop it with this code: //p' | tail -n 1) && [ -n "$veto" ] &&
        countersign recovery cancel "$person_lost" --veto "$veto" >"$work/answer" 2>"$work/errors"; do
        waited=$((waited + 1))
        [ "$waited" -le 100 ] || fail "no notice that stops it: $(cat "$work/answer" "$work/errors")"
        sleep 0.1
    done
else
    expect 0 countersign recovery cancel "$person_lost" --operator olga
fi
expect 0 countersign recovery show "$person_lost" --field recovery.state
is RECOVERY_STATE_CANCELLED

step 'a temporary access code signs in as often as it says'
expect 0 countersign access-code "$person_lost" --operator olga --reason 'telephone at home' --uses 2 --return-code
code=$(member access_code)
for verdict in ACCEPTED ACCEPTED REPLAYED; do
    countersign verify "$person_lost" "$code" --kind access-code --field verdict >"$work/answer" 2>&1 || true
    grep -qx "VERDICT_$verdict" "$work/answer" || fail "not $verdict: $(cat "$work/answer")"
done

step 'a lost device proves nothing any more'
expect 0 countersign report-lost "$person_lost" --field factors.0.state
is FACTOR_STATE_SUSPENDED
expect 3 countersign verify "$person_lost" 123456
expect 0 countersign subject erase "$person_lost" --yes

step 'erase: nothing is left of the person'
expect 0 countersign subject erase "$person" --yes --field erased
is true
expect 3 countersign factors "$person"
expect 0 countersign subject erase "$person-hotp" --yes
expect 0 countersign subject erase "$person-push" --yes

echo "smoke test passed"
