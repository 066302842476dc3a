"""Does a counter-based token prove itself by its next codes alone, and does its counter only move forward?

Needs oathtool, and python3-pyotp, which Debian's interpreter sees."""

import base64
import collections
import hashlib
import random
import subprocess

import pyotp
import wire
from delivering import HOTP, verify
from rules import attack, converse, expect, rpc, tool
from service import ACCEPTED, CONFIGURATION, OK, REPLAYED, TENANT, WRONG_CODE, check

LOOK_AHEAD = 10
RESYNCHRONISATION = 100
TOKENS = 200
PARALLEL, ROUNDS = 64, 100
# The tests count verdicts, not failures, and bring their tokens along.
PATIENT = """\
  max_consecutive_failures: 100
  max_failures_per_30_days: 1000
enrollment:
  allow_existing_secrets: true
"""
DIGESTS = {1: hashlib.sha1, 2: hashlib.sha256, 3: hashlib.sha512}
SECRET_BYTES = {1: 20, 2: 32, 3: 64}


class Token:
    """A token of random secret and counter, computed by pyotp."""

    def __init__(self, dice, algorithm=1, digits=6):
        self.secret = dice.randbytes(SECRET_BYTES[algorithm])
        self.algorithm, self.digits = algorithm, digits
        self.counter = dice.choice([0, dice.randrange(1000), dice.randrange(2**32), dice.randrange(2**62)])
        self.factor = ""
        text = base64.b32encode(self.secret).decode().rstrip("=")
        self.computed = pyotp.HOTP(text, digits=digits, digest=DIGESTS[algorithm])

    def code(self, ahead):
        return self.computed.at(self.counter + ahead)

    def is_clear(self, reach):
        """False where two codes up to this far are alike by chance, so that a verdict on one says nothing."""
        counters = range(max(0, self.counter - 9), self.counter + reach)
        return len({self.computed.at(counter) for counter in counters}) == len(counters)

    def oathtool_code(self, ahead):
        """The same by oathtool, which knows SHA-1 alone."""
        return subprocess.run(
            [tool("oathtool"), "--hotp", f"--digits={self.digits}", f"--counter={self.counter + ahead}",
             self.secret.hex()], check=True, capture_output=True, text=True).stdout.strip()

    def bring(self, subject):
        """A conversation that ends with an ACTIVE factor."""
        answer = yield rpc("EnrollmentService/StartEnrollment", {
            1: TENANT, 2: subject, 4: HOTP, 11: wire.encode({1: self.algorithm, 2: self.digits}),
            13: wire.encode({1: self.secret, 3: self.counter, 4: 1})})
        self.factor = expect(answer, OK, "StartEnrollment").message(1).text(1)


@attack
def counters(report, place):
    """Codes of tokens against two oracles, far ahead, skipped, out of step, and many at once."""
    dice = random.Random(4226)
    with place.server(configuration=CONFIGURATION + PATIENT) as server, \
            wire.Connection(server.address) as connection:
        engine = wire.Engine(server.address)

        def tried(token, code):
            """The verdict on a code."""
            answer = connection.call(verify(token.subject, factor=token.factor, code=code))
            return expect(answer, OK, "Verify").number(1)

        def new_token(name):
            """A token whose codes, near and far, are all different."""
            token = Token(dice)
            while not token.is_clear(RESYNCHRONISATION + LOOK_AHEAD + 3):
                token = Token(dice)
            token.subject = name
            converse(connection, token.bring(name))
            return token

        def sign_in(subject, token, code):
            yield from token.bring(subject)
            answer = yield verify(subject, factor=token.factor, code=code)
            check(expect(answer, OK, "Verify").number(1) == ACCEPTED, f"verdict {answer.message.number(1)}")

        for oracle in ("pyotp", "oathtool"):
            with report(f"row 10: {TOKENS} tokens computed by {oracle} are accepted"):
                tokens = [
                    Token(dice, 1 if oracle == "oathtool" else dice.choice([1, 2, 3]), dice.choice([6, 8]))
                    for _ in range(TOKENS)]
                codes = [
                    (token.oathtool_code if oracle == "oathtool" else token.code)(dice.randint(0, LOOK_AHEAD))
                    for token in tokens]
                names = [f"{oracle}{index}" for index in range(TOKENS)]
                engine.run(map(sign_in, names, tokens, codes), at_once=16)

        with report(f"row 10: {LOOK_AHEAD} ahead is accepted, {LOOK_AHEAD + 1} is not"):
            token = new_token("ahead")
            check(tried(token, token.code(LOOK_AHEAD + 1)) == WRONG_CODE, "one too far was accepted")
            check(tried(token, token.code(LOOK_AHEAD)) == ACCEPTED, "the last one was refused")

        with report("row 11: what was skipped is dead, and so is what was used"):
            token = new_token("skipped")
            check(tried(token, token.code(5)) == ACCEPTED, "5 ahead was refused")
            found = [tried(token, token.code(ahead)) for ahead in range(6)]
            check(found == [REPLAYED] * 6, f"what was skipped: {found}")
            check(tried(token, token.code(6)) == ACCEPTED, "the next one was refused")

        with report("row 12: one code from far ahead is refused, the one after it brings the token back, once"):
            token = new_token("far")
            check(tried(token, token.code(50)) == WRONG_CODE, "one code from far ahead was accepted")
            check(tried(token, token.code(51)) == ACCEPTED, "the second one was refused")
            check(tried(token, token.code(51)) == REPLAYED, "the second one was accepted again")
            check(tried(token, token.code(50)) == REPLAYED, "the first one was accepted after all")
            check(tried(token, token.code(52)) == ACCEPTED, "the one after them was refused")
            check(tried(token, token.code(0)) != ACCEPTED, "the counter went back")
        with report("row 12: two far codes that are not consecutive, or not in a row, or too far, bring nothing back"):
            for name, aheads in {
                "gap": (50, 52), "twice": (50, 50), "backwards": (51, 50), "between": (50, None, 51), "edge": (11, 13),
                "too far": (LOOK_AHEAD + RESYNCHRONISATION + 1, LOOK_AHEAD + RESYNCHRONISATION + 2),
            }.items():
                token = new_token(name)
                for ahead in aheads:
                    code = next(
                        f"{number:06d}" for number in range(1_000_000)
                        if all(f"{number:06d}" != token.code(each) for each in range(150))
                    ) if ahead is None else token.code(ahead)
                    check(tried(token, code) == WRONG_CODE, f"{name}: {ahead} ahead was accepted")
                check(tried(token, token.code(0)) == ACCEPTED, f"{name}: the token was out of step")
            token = new_token("last")
            last = LOOK_AHEAD + RESYNCHRONISATION
            check(tried(token, token.code(last)) == WRONG_CODE, "one far code was accepted")
            check(tried(token, token.code(last + 1)) == ACCEPTED, "the last pair in reach was refused")

        with report("row 8: a code in another form is wrong, and moves nothing"):
            token = new_token("form")
            code = token.code(0)
            for text in (f"0{code}", code[:-1], f" {code}", f"+{code[1:]}", code.translate({
                    ord("0") + digit: 0xFF10 + digit for digit in range(10)}), f"{code}\n", "-00001"):
                check(tried(token, text) == WRONG_CODE, f"{text!r} was accepted")
            check(tried(token, code) == ACCEPTED, "the code itself was refused")

        with report(f"row 11: the next two codes at once, {PARALLEL} times, in {ROUNDS} rounds: each accepted once at "
                    "most, and none after a later one"):
            found = collections.Counter()

            def race(round_number):
                token = tokens[round_number]
                subject = f"race{round_number}"
                yield from token.bring(subject)
                codes = [token.code(1), token.code(2)]
                order = [index % 2 for index in range(PARALLEL)]
                dice.shuffle(order)
                answers = yield [verify(subject, factor=token.factor, code=codes[index]) for index in order]
                accepted = [0, 0]
                for index, answer in zip(order, answers):
                    accepted[index] += expect(answer, OK, "Verify").number(1) == ACCEPTED
                check(accepted in ([1, 1], [0, 1]), f"accepted C+1 and C+2: {accepted}")
                found[accepted[0]] += 1
                for ahead in range(3):
                    again = yield verify(subject, factor=token.factor, code=token.code(ahead))
                    check(expect(again, OK, "Verify").number(1) != ACCEPTED, f"C+{ahead} was accepted after C+2")
                after = yield verify(subject, factor=token.factor, code=token.code(3))
                check(expect(after, OK, "Verify").number(1) == ACCEPTED, "C+3 was refused")

            tokens = [token for token in (Token(dice) for _ in range(2 * ROUNDS)) if token.is_clear(20)]
            engine.run((race(index) for index in range(ROUNDS)), at_once=4)
            print(f"     both accepted in {found[1]} rounds, the later one alone in {found[0]}")
        engine.close()
        server.stop()
