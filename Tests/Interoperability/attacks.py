#!/usr/bin/python3
"""Attacks on the real server over the real wire: attacks.py BINARIES [WORD...]

Prints PASS or FAIL for each rule, and in the end how many of each. With words it runs only the attacks with one of
them in their names. Where a system does not let this program mount a small file system, or trace, it says SKIP.

Needs cc, kannel, kannel-extras, oathtool, openssl, sslscan, strace, util-linux, and python3-aiosmtpd,
python3-cryptography, python3-jwt and python3-pyotp, so the interpreter is Debian's.
"""

import argparse
import sys

# Each registers its attacks.
import attacks_on_callers
import attacks_on_concealment
import attacks_on_connections
import attacks_on_email
import attacks_on_hotp
import attacks_on_policy
import attacks_on_providers
import attacks_on_push
import attacks_on_receipts
import attacks_on_recovery
import attacks_on_secrets
import attacks_on_sms
import attacks_on_storage
import rules


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", help="folder of countersignd and countersign")
    parser.add_argument("words", nargs="*", help="run these alone")
    options = parser.parse_args()
    chosen = [
        one for one in rules.ATTACKS
        if not options.words or any(word in one.__name__ for word in options.words)
    ]
    sys.exit(rules.run(chosen, options.binaries))


if __name__ == "__main__":
    main()
