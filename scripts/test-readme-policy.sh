#!/bin/bash
# Asks a running server, whose policy is the built-in one, what each row of the README's table asks, and compares answer
# and reasons. `countersign` is on the PATH, its configuration where it looks for it, and ends with status 1 when a row
# does not hold.
set -euo pipefail
readme=$(dirname "$0")/../README.md

field() { sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p" <<<"$2"; }

# Whom the table speaks of.
home='--fingerprint laptop --ip 192.0.2.7'
countersign subject put robot --service-account >/dev/null
offer=$(countersign enroll totp erin --no-qr)
secret=$(field secret_base32 "$offer")
countersign activate erin "$(field factor_id "$offer")" "$(countersign code "$secret")" >/dev/null
# The present code is spent, so this is the one that comes next.
code=$(countersign code "$secret" --at $(($(date +%s) + 30)))
# shellcheck disable=SC2086 # several flags
verification=$(countersign verify erin "$code" --action payment.create $home --field verification_id)
token=$(countersign devices trust erin --proof "$verification" --field device_token)

rows=0
failed=0
while IFS='|' read -r _ rule arguments wanted reasons _; do
    arguments=${arguments//\`/}
    for name in home token verification; do arguments=${arguments//\$$name/${!name}}; done
    # shellcheck disable=SC2086 # several flags
    found=$(countersign evaluate $arguments) || [ $? -eq 1 ]
    answer=$(field requirement "$found")
    why=$(sed -n 's/.*"EVALUATION_REASON_\(.*\)".*/\1/p' <<<"$found" | paste -sd , - | sed 's/,/, /g')
    if [ "REQUIREMENT_${wanted// /} $(echo "$reasons" | xargs)" != "$answer $why" ]; then
        echo "error: README: $rule: the answer is $answer, $why" >&2
        failed=1
    fi
    # A device token is good for one call.
    next=$(field device_token "$found")
    token=${next:-$token}
    rows=$((rows + 1))
done < <(awk '
    $0 == "<!-- run: table -->" { marked = 1; next }
    marked && /^\|/ { if (++line > 2) print; next }
    marked { exit }' "$readme")

[ $rows -ge 8 ] || { echo "error: README: the table of the policy has $rows rows" >&2; exit 1; }
[ $failed -eq 0 ] || exit 1
echo "README: $rows rows of the policy's table hold"
