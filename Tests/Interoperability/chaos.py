#!/usr/bin/env python3
"""kill -9 under load: chaos.py BINARIES [--rounds N] [--seed N]

Each round enrolls people, spends their codes and locks some of them out, many calls in flight, kills the server
at a random moment, starts it again and asks: is everything it acknowledged still true, and is no proof good
twice? What it had not answered may have happened or not; a retry under the same key must settle it.
"""

import argparse
import random
import tempfile
import time

import service
import wire
from service import (
    ACCEPTED, ACTIVE, BACKUP_CODES, LOCKED, OUTSIDE_WINDOW, PENDING_ACTIVATION, REPLAYED, TOTP, WRONG_CODE, check,
)

AT_ONCE = 128
BACKUP_CODES_SPENT = 5
GUESSES = 14


class Proof:
    """A right code that was sent, and the verdict that came back; None while nobody knows."""

    def __init__(self, kind, code):
        self.kind = kind
        self.code = code
        self.key = service.unique("key")
        self.verdict = None


class Person:
    """One subject and everything the server acknowledged of it."""

    def __init__(self):
        self.subject = service.unique("person")
        self.start_key = service.unique("key")
        self.factor = self.secret = None
        self.activation = None
        self.proofs = []
        self.guesses_sent = 0
        self.attempts_left = None
        self.is_locked = False

    def live(self, guesses):
        """What the person does until the server dies."""
        self.factor, self.secret = service.enrolled((yield service.start_enrollment(self.subject, self.start_key)))
        step = service.present_step()
        self.activation = Proof(TOTP, service.totp(self.secret, step))
        answer = yield self.activate()
        self.take(self.activation, answer)
        backup_codes = answer.message.texts(3)
        if guesses:
            for code in service.wrong_codes(self.secret, GUESSES):
                self.guesses_sent += 1
                answer = yield service.verify(self.subject, TOTP, code)
                check(answer.code == service.OK, f"{self.subject}: status {answer.code}")
                self.attempts_left = answer.message.number(5)
                self.is_locked = answer.message.number(1) == LOCKED
            check(self.is_locked, f"{self.subject}: not locked after {GUESSES} wrong codes")
            return
        yield from self.spend(TOTP, service.totp(self.secret, step + 1))
        for code in backup_codes[:BACKUP_CODES_SPENT]:
            yield from self.spend(BACKUP_CODES, code)

    def activate(self):
        return service.activate_factor(self.subject, self.factor, self.activation.code, self.activation.key)

    def spend(self, kind, code):
        proof = Proof(kind, code)
        self.proofs.append(proof)
        self.take(proof, (yield service.verify(self.subject, kind, code, proof.key)))

    def take(self, proof, answer):
        check(answer.code == service.OK, f"{self.subject}: status {answer.code}")
        proof.verdict = answer.message.number(1)
        check(proof.verdict == ACCEPTED, f"{self.subject}: verdict {proof.verdict} for a right code")

    def inquest(self, tally):
        """Asked of the server that came up again."""
        answer = yield service.list_factors(self.subject)
        if self.factor is None:
            # Never acknowledged: there or not, and a retry makes it one factor.
            tally["unknown"] += 1
            self.factor, self.secret = service.enrolled(
                (yield service.start_enrollment(self.subject, self.start_key)))
            factors = self.factors((yield service.list_factors(self.subject)))
            check(len(factors) == 1, f"{self.subject}: {len(factors)} factors after one enrollment")
            return
        tally["acknowledged"] += 1
        totp = next((factor for factor in self.factors(answer) if factor.id == self.factor), None)
        check(totp is not None, f"{self.subject}: an acknowledged factor is lost")
        if self.activation is None:
            check(totp.state == PENDING_ACTIVATION, f"{self.subject}: active without a code")
            return
        if self.activation.verdict is None:
            tally["unknown"] += 1
            self.take(self.activation, (yield self.activate()))
        else:
            tally["acknowledged"] += 1
            check(totp.state == ACTIVE, f"{self.subject}: an acknowledged activation is lost")
        if self.attempts_left is not None:
            yield from self.inquest_guesses(totp, tally)
            return

        for proof in self.proofs:
            if proof.verdict is None:
                tally["unknown"] += 1
                self.take(proof, (yield service.verify(self.subject, proof.kind, proof.code, proof.key)))
            else:
                tally["acknowledged"] += 1
        for proof in [self.activation, *self.proofs]:
            answer = yield service.verify(self.subject, proof.kind, proof.code, service.unique("key"))
            check(answer.code == service.OK, f"{self.subject}: status {answer.code}")
            # After a minute the window has moved on from a TOTP code; a spent backup code is forgotten.
            allowed = (REPLAYED, OUTSIDE_WINDOW) if proof.kind == TOTP else (WRONG_CODE,)
            verdict = answer.message.number(1)
            check(verdict in allowed, f"{self.subject}: verdict {verdict} for a spent proof of kind {proof.kind}")

    def inquest_guesses(self, totp, tally):
        tally["acknowledged"] += 1
        check(
            totp.attempts_left <= self.attempts_left,
            f"{self.subject}: {self.attempts_left} attempts were left, now {totp.attempts_left}")
        if self.is_locked:
            check(totp.is_locked, f"{self.subject}: an acknowledged lock is lost")
            code = service.totp(self.secret, service.present_step() + 1)
            verdict = (yield service.verify(self.subject, TOTP, code)).message.number(1)
            check(verdict == LOCKED, f"{self.subject}: verdict {verdict} on a locked factor")

    def epilogue(self):
        """Asked after the last round, when the file has been through all the crashes."""
        factors = {factor.kind: factor for factor in self.factors((yield service.list_factors(self.subject)))}
        check(TOTP in factors, f"{self.subject}: lost by a later crash")
        if self.activation is not None:
            check(factors[TOTP].state == ACTIVE, f"{self.subject}: no longer active")
        if self.is_locked:
            check(factors[TOTP].is_locked, f"{self.subject}: no longer locked")
        spent = sum(proof.kind == BACKUP_CODES for proof in self.proofs)
        if spent:
            left = factors[BACKUP_CODES].backup_codes_left
            check(left == 10 - spent, f"{self.subject}: {left} backup codes left after {spent} were spent")

    def factors(self, answer):
        if answer.code == service.NOT_FOUND:
            return []
        check(answer.code == service.OK, f"{self.subject}: status {answer.code}")
        return [service.Factor(message) for message in answer.message.messages(1)]


def through(conversation):
    """The conversation until the server dies: it ends where an answer is missing."""
    answer = None
    while True:
        try:
            answer = yield conversation.send(answer)
        except StopIteration:
            return
        if isinstance(answer, wire.Unanswered):
            conversation.close()
            return


def ask(address, conversations):
    engine = wire.Engine(address)
    engine.run(conversations, at_once=AT_ONCE)
    engine.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", help="folder of countersignd")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="of the moments of the kills")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    moments = random.Random(seed)

    everyone, tally, restarts = [], {"acknowledged": 0, "unknown": 0}, []
    with tempfile.TemporaryDirectory() as folder:
        server = service.Server(options.binaries, folder)
        server.start()
        try:
            for _ in range(options.rounds):
                people = []

                def arrivals():
                    while True:
                        person = Person()
                        people.append(person)
                        yield through(person.live(guesses=len(people) % 8 == 0))

                engine = wire.Engine(server.address)
                engine.run(arrivals(), AT_ONCE, seconds=moments.uniform(0.1, 1.0), at_end=server.kill)
                engine.close()
                restarts.append(server.start())
                ask(server.address, (person.inquest(tally) for person in people))
                everyone += people
            ask(server.address, (person.epilogue() for person in everyone))
            server.stop()
        except AssertionError as error:
            raise SystemExit(f"FAIL {error} (seed {seed})") from None
        finally:
            server.kill()
    check(tally["unknown"] > 0, "no call was in flight when the server died")
    print(f"PASS kill -9 x {options.rounds}: {len(everyone)} people, {tally['acknowledged']} acknowledged facts kept, "
          f"{tally['unknown']} unanswered calls settled, no proof good twice; "
          f"slowest restart {max(restarts) * 1000:.0f} ms (seed {seed})")


if __name__ == "__main__":
    main()
