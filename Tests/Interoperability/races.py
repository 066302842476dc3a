#!/usr/bin/env python3
"""Races for one proof, against the real server: races.py BINARIES [--rounds N]

    code        64 submissions of one TOTP code at once, N rounds: one ACCEPTED in each
    backup      the same for a backup code
    guesses     500 distinct guesses at once, the right one among them: no more are looked at than the limit
    lost reply  the connection is cut after the commit and before the answer: a retry under the same key gets it
"""

import argparse
import collections
import tempfile
import time

import service
import wire
from service import ACCEPTED, BACKUP_CODES, LOCKED, REPLAYED, TOTP, WRONG_CODE, check

PARALLEL = 64
GUESSES = 500
FAILURE_LIMIT = 10
EVENT_VERIFICATION = 3


def verdicts(answers):
    for answer in answers:
        check(answer.code == service.OK, f"status {answer.code}: {getattr(answer, 'status_text', 'no answer')}")
    return collections.Counter(answer.message.number(1) for answer in answers)


def race(subject):
    """One round: 64 times the same TOTP code, then 64 times the same backup code."""
    step = service.present_step()
    secret, backup_codes = yield from service.enroll(subject, step)
    code = service.totp(secret, step + 1)
    # A spent backup code is forgotten, so it is wrong like any other text.
    for kind, proof, spent in ((TOTP, code, REPLAYED), (BACKUP_CODES, backup_codes[0], WRONG_CODE)):
        found = verdicts((yield [service.verify(subject, kind, proof) for _ in range(PARALLEL)]))
        check(found[ACCEPTED] == 1, f"{subject}: {found[ACCEPTED]} of {PARALLEL} ACCEPTED")
        check(found[spent] == FAILURE_LIMIT, f"{subject}: {found[spent]} looked at after it: {found}")
        check(found[LOCKED] == PARALLEL - 1 - FAILURE_LIMIT, f"{subject}: {found}")


def guess(subject, tenant):
    step = service.present_step()
    secret, _ = yield from service.enroll(subject, step, tenant=tenant)
    guesses = service.wrong_codes(secret, GUESSES - 1)
    guesses.insert(GUESSES // 2, service.totp(secret, step + 1))
    found = verdicts((yield [service.verify(subject, TOTP, code, tenant=tenant) for code in guesses]))
    # A success in between starts the count anew.
    limit = FAILURE_LIMIT * (1 + found[ACCEPTED])
    check(found[WRONG_CODE] <= limit, f"{subject}: {found[WRONG_CODE]} guesses were looked at")
    check(found[LOCKED] == GUESSES - found[ACCEPTED] - found[WRONG_CODE], f"{subject}: {found}")
    return found[WRONG_CODE] + found[ACCEPTED]


def audited_evaluations(address, tenant):
    """VERIFICATION events of a tenant whose code was looked at."""
    count, cursor = 0, ""
    while True:
        page = wire.call(address, service.list_events(tenant, cursor)).message
        for event in page.messages(1):
            if event.number(2) == EVENT_VERIFICATION and event.number(9) in (ACCEPTED, WRONG_CODE):
                count += 1
        if page.text(2) == cursor:
            return count
        cursor = page.text(2)


def conversation(address, generator):
    """Runs one conversation by itself."""
    result = []

    def keep():
        result.append((yield from generator))

    engine = wire.Engine(address)
    engine.run([keep()], at_once=1)
    engine.close()
    return result[0]


def lose_reply(address, subject):
    step = service.present_step()
    secret, _ = conversation(address, service.enroll(subject, step))

    def last_used():
        factors = [service.Factor(m) for m in wire.call(address, service.list_factors(subject)).message.messages(1)]
        return next(factor.last_used_at for factor in factors if factor.kind == TOTP)

    before = last_used()
    code, key = service.totp(secret, step + 1), service.unique("key")
    connection = wire.Connection(address)
    connection.put(service.verify(subject, TOTP, code, key), None)
    connection.send()
    give_up = time.monotonic() + 10
    while last_used() == before:
        check(time.monotonic() < give_up, f"{subject}: the verification was never committed")
    connection.reset()

    retry = wire.call(address, service.verify(subject, TOTP, code, key))
    check(retry.code == service.OK and retry.message.number(1) == ACCEPTED, f"{subject}: the retry was not ACCEPTED")
    again = wire.call(address, service.verify(subject, TOTP, code, key))
    check(again.message.data == retry.message.data, f"{subject}: two retries were answered differently")
    other_body = wire.call(address, service.verify(subject, TOTP, "000000", key))
    check(other_body.code == service.ALREADY_EXISTS, f"{subject}: the key was good for another body")
    other_key = wire.call(address, service.verify(subject, TOTP, code, service.unique("key")))
    check(other_key.message.number(1) == REPLAYED, f"{subject}: the code was good under another key")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", help="folder of countersignd")
    parser.add_argument("--rounds", type=int, default=1000)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        server = service.Server(options.binaries, folder)
        server.start()
        try:
            begin = time.monotonic()
            engine = wire.Engine(server.address)
            engine.run((race(service.unique("race")) for _ in range(options.rounds)), at_once=8)
            print(f"PASS one of {PARALLEL} parallel submissions is accepted, TOTP and backup code, "
                  f"{options.rounds} rounds each ({time.monotonic() - begin:.0f} s)", flush=True)

            looked_at = sum(
                conversation(server.address, guess(service.unique("guess"), "guesses")) for _ in range(5))
            audited = audited_evaluations(server.address, "guesses")
            check(audited == looked_at, f"{looked_at} guesses were looked at and {audited} audited")
            print(f"PASS of {GUESSES} parallel guesses no more than the limit are looked at, and each is audited",
                  flush=True)

            for _ in range(20):
                lose_reply(server.address, service.unique("lost"))
            print("PASS a retry after a lost reply gets the first answer", flush=True)
            server.stop()
        except AssertionError as error:
            raise SystemExit(f"FAIL {error}") from None
        finally:
            server.kill()


if __name__ == "__main__":
    main()
