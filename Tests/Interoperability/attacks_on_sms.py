"""Does a code by SMS prove a telephone, once, in time, to whom it was sent, and at a bounded cost?

The gateway is Kannel; where it has to misbehave, a provider of our own."""

import collections
import contextlib
import re

import rules
import service
import wire
from attacks_on_callers import spiffe
from attacks_on_secrets import Canaries
from certificates import Authority, client_context
from clock import Clock
from delivering import (
    ADDRESS_INTERVAL_SECONDS, BY_ADDRESS, BY_CALLER, BY_CONVERSION, BY_MONEY, BY_PREFIX, CODE, CODE_LIFETIME_SECONDS,
    COOLING_DOWN, DENIED, FAILED, FAILED_PRECONDITION, INVALID_ARGUMENT, MESSAGE_DELIVERY, NOT_FOUND, PLENTY, QUEUED,
    SMS, TAKEN, UNKNOWN, WAS_DENIED, Enrollment, Started, challenge, code_in, configuration, delivered,
    enroll_returning, http_section, kannel_section, number, start, start_challenge, start_enrollment, verify, wrong,
)
from http_provider import HttpProvider
from kannel import Kannel
from rules import attack, converse, expect, verdict, wait_until
from service import ACCEPTED, EXPIRED, LOCKED, RATE_LIMITED, REPLAYED, WRONG_CODE, check
from web_server import ACCEPT, ACCEPT_THEN_DROP, ACCEPT_THEN_HANG, status

SUBJECT = "alice"


class Phones:
    """The phones behind a Kannel."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.seen = collections.Counter()

    def code(self, to):
        """The code in the next message that a phone gets."""
        self.seen[to] += 1
        wanted = self.seen[to]

        def received(messages):
            return len([each for each in messages if each.to == to]) >= wanted

        messages = [each for each in self.gateway.wait_for(received) if each.to == to]
        return code_in(messages[wanted - 1].text)


@attack
def codes_by_sms(report, place):
    """Codes by SMS through Kannel: enrolled, replayed, replaced, borrowed, late, guessed."""
    clock = Clock(place.folder)
    home = number(0)
    with Kannel(place.folder / "kannel") as gateway, place.server(
        configuration=configuration(kannel_section(gateway)), prefix=clock.prefix,
    ) as server, contextlib.ExitStack() as connections:
        phones = Phones(gateway)
        connection = connections.enter_context(wire.Connection(server.address))

        def ask(subject=SUBJECT, **options):
            """A challenge and its code as the phone got it."""
            clock.advance(ADDRESS_INTERVAL_SECONDS * 2)
            started = start(connection, subject, **({"kind": SMS} | options))
            check(started.code == "", "the answer has the code")
            return started.challenge, phones.code(addresses[subject])

        def answer(challenge_id, code, subject=SUBJECT):
            return connection.call(verify(subject, challenge_id, code))

        addresses = {SUBJECT: home, "bob": number(10_000)}
        with report("row 19: a code sent through Kannel activates the telephone that got it, and is spent by that"):
            for subject, address in addresses.items():
                enrollment = Enrollment(connection.call(start_enrollment(subject, SMS, address)))
                check(address not in enrollment.challenge.masked_address, "the answer has the number")
                code = phones.code(address)
                activate = service.activate_factor(subject, enrollment.factor, code)
                miss = service.activate_factor(subject, enrollment.factor, wrong(code))
                verdict(connection.call(miss), WRONG_CODE, "a wrong first code")
                verdict(connection.call(activate), ACCEPTED, "the first code")
                expect(connection.call(activate), FAILED_PRECONDITION, "the first code again")

        with report("row 20: a sign-in takes the code of its challenge once, and REPLAYED from then on"):
            asked, code = ask()
            delivered(connection, SUBJECT, asked.id, TAKEN)
            found = verdict(answer(asked.id, code), ACCEPTED, "the code")
            check(found.number(11) == 1, "SMS is not called restricted (row 26)")
            verdict(answer(asked.id, code), REPLAYED, "the code again")
            check(challenge(connection, SUBJECT, asked.id).is_verified, "the challenge is not verified")

        with report("row 20: after a resend the code before is dead, and the new one good"):
            asked, old = ask()
            again, new = ask(kind=0, resend=asked.id)
            check(again.id == asked.id, "a resend began another challenge")
            if old != new:
                verdict(answer(asked.id, old), WRONG_CODE, "the code before")
            verdict(answer(asked.id, new), ACCEPTED, "the new code")

        with report("row 20: a code is for its own challenge, subject and caller alone"):
            first, code_of_first = ask()
            second, code_of_second = ask()
            check(answer(first.id, code_of_first).message.number(1) != ACCEPTED, "a challenge outlived its successor")
            if code_of_first != code_of_second:
                verdict(answer(second.id, code_of_first), WRONG_CODE, "the code of the challenge before")
            others, code_of_bob = ask("bob")
            if code_of_bob != code_of_second:
                verdict(answer(second.id, code_of_bob), WRONG_CODE, "another person's code")
            expect(answer(second.id, code_of_second, "bob"), NOT_FOUND, "another's challenge", "CHALLENGE_NOT_FOUND")
            verdict(answer(second.id, code_of_second), ACCEPTED, "the right code")
            verdict(answer(others.id, code_of_bob, "bob"), ACCEPTED, "the other's right code")

        with report("row 19: a code counts 1 s before its end, and not 1 s after"):
            asked, code = ask()
            clock.advance_to(asked.expires_at_ms - 1000)
            verdict(answer(asked.id, code), ACCEPTED, "1 s before")
            asked, code = ask()
            clock.advance_to(asked.expires_at_ms + 1000)
            verdict(answer(asked.id, code), EXPIRED, "1 s after")
            check(asked.expires_at_ms - asked.created_at_ms == CODE_LIFETIME_SECONDS * 1000, "another life time")

        with report("row 19: a clock that was set back revives no code"):
            asked, code = ask()
            clock.advance_to(asked.created_at_ms - 5000)
            check(answer(asked.id, code).message.number(1) != ACCEPTED, "a code from the future was good")
            clock.advance_to(asked.created_at_ms + 1000)
            check(answer(asked.id, code).message.number(1) != ACCEPTED, "the step back was forgotten")

        with report("row 19: kill -9 and a restart lose neither a code, nor that it was spent, nor its end"):
            asked, code = ask()
            late, late_code = ask("bob")
            server.kill()
            server.start()
            connection = connections.enter_context(wire.Connection(server.address))
            verdict(answer(asked.id, code), ACCEPTED, "after the restart")
            server.kill()
            server.start()
            connection = connections.enter_context(wire.Connection(server.address))
            verdict(answer(asked.id, code), REPLAYED, "after another restart")
            clock.advance_to(late.expires_at_ms + 1000)
            verdict(answer(late.id, late_code, "bob"), EXPIRED, "after its end")

        with report("row 22: the sixth try is refused, though it has the right code"):
            asked, code = ask()
            for left in (4, 3, 2, 1, 0):
                verdict(answer(asked.id, wrong(code)), WRONG_CODE, "a guess")
                check(challenge(connection, SUBJECT, asked.id).attempts_left == left, "tries are not counted")
            check(challenge(connection, SUBJECT, asked.id).state == WAS_DENIED, "the challenge is still open")
            verdict(answer(asked.id, code), DENIED, "the right code after five wrong ones")
            asked, code = ask()
            verdict(answer(asked.id, code), ACCEPTED, "the next challenge")

        with report("row 21: a resend gives no fresh guesses"):
            asked, code = ask()
            for _ in range(4):
                verdict(answer(asked.id, wrong(code)), WRONG_CODE, "a guess")
            again, code = ask(kind=0, resend=asked.id)
            check(again.attempts_left == 1, f"after a resend there are {again.attempts_left} tries")
            verdict(answer(asked.id, wrong(code)), WRONG_CODE, "the last try")
            verdict(answer(asked.id, code), DENIED, "the right code after it")
            asked, code = ask()
            verdict(answer(asked.id, code), ACCEPTED, "the next challenge")

        with report("row 21, 60: challenge after challenge with four guesses each, and the tenth guess locks"):
            guesses, found = 0, WRONG_CODE
            while found == WRONG_CODE and guesses < 100:
                asked, code = ask("bob")
                for _ in range(4):
                    found = answer(asked.id, wrong(code), "bob").message.number(1)
                    if found != WRONG_CODE:
                        break
                    guesses += 1
            check((guesses, found) == (10, LOCKED), f"{guesses} guesses were looked at, then verdict {found}")
            verdict(answer(asked.id, code, "bob"), LOCKED, "the right code of a locked factor")
            started = Started(connection.call(start_challenge("bob", SMS)))
            check(started.verdict == LOCKED and started.challenge is None, "a locked factor was sent a code")
        server.stop()


RATIONED = """\
sending:
  sms_countries: [CH, DE]
"""


@attack
def rations(report, place):
    """Sending too often, too wide, to nowhere, and for too much money."""
    clock = Clock(place.folder)
    with HttpProvider(place.folder / "shop", price_cents=8) as provider:

        def serve(name, sending):
            return place.server(
                name, configuration=configuration(http_section(provider), sending), prefix=clock.prefix)

        def settled(sent):
            wait_until(lambda: len(provider.requests) >= sent, f"the provider got {sent} requests")
            check(len(provider.requests) == sent, f"the provider got {len(provider.requests)} requests, not {sent}")

        with serve("addresses", RATIONED) as server, wire.Connection(server.address) as connection:
            with report("row 23: one SMS to a number in 30 s and five in 10 minutes; the answer says when to retry"):
                begin = clock.milliseconds()
                factor = converse(connection, enroll_returning(SUBJECT, SMS, number(0)))
                early = Started(connection.call(start_challenge(SUBJECT, SMS)))
                check((early.verdict, early.limit) == (RATE_LIMITED, BY_ADDRESS), f"at once: verdict {early.verdict}")
                check(early.challenge is None and early.code == "", "a challenge began all the same")
                check(0 < early.retry_after_ms <= 33_000, f"retry after {early.retry_after_ms} ms")
                clock.advance(early.retry_after_ms / 1000)
                lefts = []
                for _ in range(4):
                    started = start(connection, SUBJECT, factor=factor)
                    delivered(connection, SUBJECT, started.challenge.id, TAKEN)
                    lefts.append(started.sends_left)
                    # Windows are counted in tenths; after the fifth it is the ten minutes that count.
                    check(
                        started.sends_left == 0 or 30_000 <= started.resend_after_ms <= 33_000,
                        f"resend after {started.resend_after_ms} ms")
                    clock.advance(33)
                check(lefts == [3, 2, 1, 0], f"sends left: {lefts}")
                sixth = Started(connection.call(start_challenge(SUBJECT, SMS)))
                check((sixth.verdict, sixth.limit) == (RATE_LIMITED, BY_ADDRESS), f"the sixth: verdict {sixth.verdict}")
                free = clock.milliseconds() + sixth.retry_after_ms - begin
                check(590_000 < free <= 665_000, f"the sixth may go after {free / 1000:.0f} s")
                clock.advance(sixth.retry_after_ms / 1000)
                start(connection, SUBJECT, factor=factor)
                settled(5)

            with report("row 23: the ration is the number's: other subjects, resends and other spellings share it"):
                for what, call in {
                    "another subject": start_enrollment("mallory", SMS, number(0)),
                    "another spelling": start_enrollment("mallory", SMS, "+41 79 000 00 00"),
                    "its trunk zero": start_enrollment("mallory", SMS, "+41 (0)79 000 00 00"),
                }.items():
                    answer = connection.call(call)
                    check(
                        answer.code == INVALID_ARGUMENT or Enrollment(answer).limit == BY_ADDRESS,
                        f"{what} was not rationed")
                settled(5)

            with report("row 24: premium, satellite, wrong, foreign and odd numbers come to no provider"):
                before = len(provider.requests)
                for address in (
                    "+41900123456", "+49900123456", "+8816123456789", "+870773111632", "+88213123456", "+883510012345",
                    "+79161234567", "+12125550100", "+4179123456", "+417965432108", "+41", "+0041796543210",
                    "+00796543210", "0796543210", "41796543210", "+41796543210;ext=1", "tel:+41796543210",
                    "+41796543210\n", "+４１７９６５４３２１０", "+٤١٧٩٦٥٤٣٢١٠", "+41796543210x5", "++41796543210",
                    "+4179654\u200b3210", "+41796543210,+41900123456", "", "+" + "4" * 200,
                ):
                    answer = connection.call(start_enrollment("mallory", SMS, address))
                    check(
                        answer.code in (INVALID_ARGUMENT, FAILED_PRECONDITION),
                        f"{address!r}: status {answer.code} {answer.reason}")
                    check(len(address) < 8 or address.encode() not in answer.bytes, f"{address!r} is in the error")
                settled(before)

        nowhere = RATIONED.replace("[CH, DE]", "[]")
        with serve("nowhere", nowhere) as server, wire.Connection(server.address) as connection:
            with report("row 24: an empty list of countries sends nothing, and the hint names its key"):
                before = len(provider.requests)
                answer = connection.call(start_enrollment(SUBJECT, SMS, number(0)))
                expect(answer, FAILED_PRECONDITION, "no country", "COUNTRY_NOT_ALLOWED")
                check(b"sending.sms_countries" in answer.bytes, "the hint does not name the key")
                settled(before)

        money = RATIONED + "  money_per_hour_cents: 80\n"
        with serve("money", money) as server, wire.Connection(server.address) as connection:
            with report("row 23: the money for an hour is an end; at 80 % of it there is an alarm in log and audit"):
                before, alarms = len(provider.requests), []
                for sent in range(1, 11):
                    check(
                        Enrollment(connection.call(start_enrollment(f"m{sent}", SMS, number(sent)))).factor,
                        f"number {sent} was refused")
                    alarms.append(sum(
                        "80 %" in line["message"] and line["level"] == "warning" for line in rules.log_lines(server)))
                check(alarms == [0] * 7 + [1] * 3, f"alarms in the log: {alarms}")
                check(
                    [event.number(14) for event in rules.events(connection) if event.number(14)] == [1],
                    "the audit has another number of alarms")
                for _ in range(5):
                    broke = Enrollment(connection.call(start_enrollment("m11", SMS, number(11))))
                    check((broke.verdict, broke.limit) == (RATE_LIMITED, BY_MONEY), f"the 11th: {broke.limit}")
                    check(0 < broke.retry_after_ms <= 3_960_000, f"retry after {broke.retry_after_ms} ms")
                settled(before + 10)


PUMPED_NUMBERS = 10_000
CALLER_CAP, PREFIX_CAP = 120, 40
PUMPED = f"""\
sending:
  sms_countries: [CH]
  caller_per_hour: {CALLER_CAP}
  prefix_per_hour: {PREFIX_CAP}
  conversion_minimum_sends: 1000
"""


@attack
def pumping(report, place):
    """Ten thousand numbers in a row, and a thousand codes that nobody uses."""
    with HttpProvider(place.folder / "shop", price_cents=8) as provider:
        with place.server(configuration=configuration(http_section(provider), PUMPED)) as server:
            found = collections.Counter()

            def pump(index):
                # Every thousand numbers the pattern changes its prefix, as those who pump do.
                answer = yield start_enrollment(f"p{index}", SMS, number(index + index // 1000 * 9_000))
                enrollment = Enrollment(answer)
                found[enrollment.limit] += 1

            with report(f"row 23: {PUMPED_NUMBERS} sends to numbers in a row cost no more than the cap"):
                engine = wire.Engine(server.address)
                engine.run((pump(index) for index in range(PUMPED_NUMBERS)), at_once=128)
                engine.close()
                wait_until(lambda: len(provider.requests) >= found[0], "the provider got what was granted")
                check(found[0] <= CALLER_CAP, f"{found[0]} were granted")
                check(len(provider.requests) == found[0], f"{len(provider.requests)} requests for {found[0]}")
                check(found[BY_PREFIX] > 0 and found[BY_CALLER] > 0, f"granted or refused by limit: {dict(found)}")
                print(
                    f"     {found[0]} of {PUMPED_NUMBERS} left, for {provider.cost_cents / 100:.2f}; refused: "
                    f"{found[BY_CALLER]} for the caller, {found[BY_PREFIX]} for the prefix")

        unused = PLENTY.replace("conversion_percent: 0", "conversion_percent: 10\n  conversion_minimum_sends: 1000")
        with place.server("conversion", configuration=configuration(http_section(provider), unused)) as server:

            def send(index, counter):
                counter[Enrollment((yield start_enrollment(f"c{index}", SMS, number(index)))).limit] += 1

            with report("row 25: a thousand codes to one prefix that nobody uses pause it, and it alone"):
                engine = wire.Engine(server.address)
                first, then, other = (collections.Counter() for _ in range(3))
                engine.run((send(index, first) for index in range(1000)), at_once=64)
                engine.run((send(index, then) for index in range(1000, 1050)), at_once=64)
                engine.run((send(index, other) for index in range(10_000, 10_050)), at_once=64)
                engine.close()
                check(first == {0: 1000}, f"the first thousand: {dict(first)}")
                check(then == {BY_CONVERSION: 50}, f"after them: {dict(then)}")
                check(other == {0: 50}, f"another prefix: {dict(other)}")


@attack
def new_numbers(report, place):
    """A stolen session that brings a telephone of its own."""
    clock = Clock(place.folder)
    authority = Authority(place.new("authority"))
    with HttpProvider(place.folder / "shop") as provider, place.server(
        configuration=authority.server_section() + configuration(http_section(provider))
        + authority.callers(web="[enroll, verify, return-code]"), prefix=clock.prefix,
    ) as server, wire.Connection(
        server.address, client_context(server, authority.issue("web", spiffe("web"))),
    ) as connection:
        with report("row 27: a second number needs proof of the first, which is told, and gets no codes for an hour"):
            first = converse(connection, enroll_returning(SUBJECT, SMS, number(0)))
            expect(
                connection.call(start_enrollment(SUBJECT, SMS, number(50_000))), FAILED_PRECONDITION, "without a proof",
                "PROOF_REQUIRED")
            clock.advance(61)
            asked = start(connection, SUBJECT, factor=first, returned=True)
            prove = verify(SUBJECT, asked.challenge.id, asked.code)
            proof = verdict(connection.call(prove), ACCEPTED, "the first number")
            second = converse(connection, enroll_returning(SUBJECT, SMS, number(50_000), proof=proof.text(2)))
            wait_until(lambda: provider.accepted, "the notice came")
            check(provider.accepted[0].form["to"] == number(0), "it went to the new number")
            check(not CODE.findall(provider.accepted[0].form["text"]), "the notice has a code")
            clock.advance(61)
            refused = Started(connection.call(start_challenge(SUBJECT, factor=second)))
            check((refused.verdict, refused.limit) == (RATE_LIMITED, COOLING_DOWN), f"limit {refused.limit}")
            check(3_500_000 < refused.retry_after_ms <= 3_540_000, f"retry after {refused.retry_after_ms} ms")
            start(connection, SUBJECT, factor=first)
            clock.advance(refused.retry_after_ms / 1000)
            start(connection, SUBJECT, factor=second)
        server.stop()


CODES = 20_000
# What fewer than one run in a hundred thousand goes beyond, of 9 and of 999 degrees of freedom.
DIGITS_LIMIT, TRIPLES_LIMIT = 41.0, 1200.0


def chi_square(counts, bins):
    expected = sum(counts.values()) / bins
    return sum((counts.get(each, 0) - expected) ** 2 for each in range(bins)) / expected if expected else 0


@attack
def code_entropy(report, place):
    """Twenty thousand codes, and whether one could be guessed from the others."""
    with place.server(configuration=configuration("  outbox_folder: outbox\n")) as server:
        codes = []

        def collect(index):
            codes.append(Enrollment((yield start_enrollment(f"e{index}", SMS, number(index), returned=True))).code)

        with report(f"row 18: {CODES} codes have each digit equally often in each place, zeros in front included"):
            engine = wire.Engine(server.address)
            engine.run(map(collect, range(CODES)), at_once=128)
            engine.close()
            check(len(codes) == CODES and all(re.fullmatch(r"[0-9]{6}", code) for code in codes), "other codes")
            for place_of_digit in range(6):
                found = chi_square(collections.Counter(int(code[place_of_digit]) for code in codes), 10)
                check(found < DIGITS_LIMIT, f"digit {place_of_digit}: chi-square {found:.1f}")
            for name, part in (("first", slice(0, 3)), ("last", slice(3, 6))):
                found = chi_square(collections.Counter(int(code[part]) for code in codes), 1000)
                check(found < TRIPLES_LIMIT, f"the {name} three digits: chi-square {found:.0f}")
            pairs = collections.Counter(
                (int(one[5]) - int(next_one[0])) % 10 for one, next_one in zip(codes, codes[1:]))
            check(chi_square(pairs, 10) < DIGITS_LIMIT, "a code tells of the next one")
            zeros = sum(code[0] == "0" for code in codes)
            print(f"     {zeros} begin with a zero, {len(set(codes))} are different")
        server.stop()


@attack
def secrecy_of_codes(report, place):
    """Codes and addresses in a log at its loudest, in the database, and in the audit."""
    clock = Clock(place.folder)
    eight_digits = "  code_digits: 8\n"
    with HttpProvider(place.folder / "shop") as provider, place.server(
        configuration=configuration(http_section(provider), verification=eight_digits), prefix=clock.prefix,
        log_level="debug",
    ) as server, wire.Connection(server.address) as connection:
        canaries = Canaries()

        def sent(state):
            found = delivered(connection, SUBJECT, asked.id, state)
            canaries.add("code", re.search(r"\d{8}", provider.requests[-1].form["text"])[0])
            return found

        for name, text in (("number", number(7654321)), ("number without +", number(7654321)[1:])):
            canaries.add(name, text)
        enrollment = Enrollment(connection.call(start_enrollment(SUBJECT, SMS, number(7654321), locale="de-CH")))
        asked = enrollment.challenge
        sent(TAKEN)
        code = re.search(r"\d{8}", provider.requests[-1].form["text"])[0]
        verdict(
            connection.call(service.activate_factor(SUBJECT, enrollment.factor, code)), ACCEPTED, "the first code")
        for act, state in (
            (ACCEPT, TAKEN), (status(500), QUEUED), (status(400), FAILED), (ACCEPT_THEN_DROP, UNKNOWN),
            (ACCEPT_THEN_HANG, UNKNOWN),
        ):
            clock.advance(61)
            provider.script.then(act)
            before = len(provider.requests)
            asked = start(connection, SUBJECT, factor=enrollment.factor).challenge
            wait_until(lambda: len(provider.requests) > before, "a request")
            sent(state)
            connection.call(verify(SUBJECT, asked.id, "00000000"))
        clock.advance(61)
        returned = start(connection, SUBJECT, factor=enrollment.factor, returned=True)
        canaries.add("code", returned.code)
        with report("row 29: neither a code nor a number is in the log at level debug"):
            canaries.check_absent(server.log.read_bytes(), "the log")
            rules.log_lines(server)
        with report("row 29, 87: neither is in the database, its log or any other file, with messages that wait in it"):
            canaries.check_files(server.folder / "data")
        with report("row 29, 132: neither is in an event"):
            found = rules.events(connection)
            for event in found:
                canaries.check_absent(event.data, "an event")
            check(sum(event.number(2) == MESSAGE_DELIVERY for event in found) >= 6, "the audit misses deliveries")
        server.kill()
        with report("row 29, 87: nor are they in the files that kill -9 leaves"):
            canaries.check_files(server.folder / "data")
