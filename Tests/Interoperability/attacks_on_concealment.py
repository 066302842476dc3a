"""Does a caller who must not learn who exists learn it from challenges? And does anybody get at another caller's?"""

import contextlib
import statistics
import time

import rules
import service
import wire
from attacks_on_callers import spiffe
from certificates import Authority, client_context
from clock import Clock
from delivering import (
    EMAIL, NOT_FOUND, PUSH, SMS, Started, cancel_challenge, configuration, enroll_returning, get_challenge, number,
    start_challenge, verify, wrong,
)
from phones import Phone
from rules import attack, converse, expect, rpc, verdict
from service import ACCEPTED, OK, TENANT, TOTP, WRONG_CODE, check

PROBES = 60
UNKNOWN_ID = "00112233445566778899aabbccddeeff"


def shape(message, depth=2):
    """What a message looks like, but for the values of ids, codes and times: fields, and how long their values are."""
    found = []
    for field, values in sorted(message.fields.items()):
        for value in values:
            if isinstance(value, int):
                found.append((field, "time" if value > 2**40 else value))
            elif depth and field == 2:
                found.append((field, shape(wire.Message(value), depth - 1)))
            else:
                found.append((field, len(value)))
    return tuple(found)


@attack
def concealment(report, place):
    """Known, unknown, locked, rationed and paused subjects, as a concealing caller sees them."""
    clock = Clock(place.folder)
    authority = Authority(place.new("authority"))
    callers = (
        "callers:\n" + authority.caller("web", '"*"', "[verify, return-code]") + "    conceal: true\n"
        + authority.caller("ops", '"*"', "[enroll, verify, administer, audit, return-code, relay, bind-without-proof]")
        + authority.caller("other", '"*"', "[enroll, verify, return-code]"))
    outbox = "  outbox_folder: outbox\n"
    with place.server(
        configuration=authority.server_section() + configuration(outbox) + callers, prefix=clock.prefix,
    ) as server, contextlib.ExitStack() as connections:

        def connect(name):
            context = client_context(server, authority.issue(name, spiffe(name)))
            return connections.enter_context(wire.Connection(server.address, context))

        web, ops, other = connect("web"), connect("ops"), connect("other")
        kinds = SMS, EMAIL, PUSH
        phones = {}

        def enroll(subject, index):
            converse(ops, enroll_returning(subject, SMS, number(index)))
            converse(ops, enroll_returning(subject, EMAIL, f"{subject}@mailbox.example"))
            phones[subject] = Phone(clock.milliseconds)
            converse(ops, phones[subject].pair(subject))

        for index, subject in enumerate(("known", "locked", "rationed", "other's")):
            enroll(subject, index)
        for kind in (SMS, EMAIL):
            for _ in range(10):
                clock.advance(61)
                asked = Started(ops.call(start_challenge("locked", kind, returned=True)))
                verdict(ops.call(verify("locked", asked.challenge.id, wrong(asked.code))), WRONG_CODE, "a guess")
        clock.advance(3700)
        for kind in kinds:
            Started(ops.call(start_challenge("rationed", kind)))
        rules.expect(ops.call(service.start_enrollment("only-totp")), OK, "TOTP")
        # In this order: who is rationed was asked just now.
        people = "rationed", "known", "locked", "only-totp", "nobody"
        started = {}

        for kind in kinds:
            for returned in (False, True)[: 1 if kind == PUSH else 2]:
                delivery = ", returned" if returned else ""
                with report(f"row 34: StartChallenge of kind {kind}{delivery} looks alike for {', '.join(people)}"):
                    clock.advance(61)
                    Started(ops.call(start_challenge("rationed", kind)))
                    shapes = {}
                    for subject in people:
                        answer = web.call(start_challenge(subject, kind, returned=returned))
                        shapes[subject] = shape(expect(answer, OK, subject))
                        started[subject, kind] = Started(answer)
                    check(len(set(shapes.values())) == 1, f"{shapes}")
                    check(not returned or len(started["nobody", kind].code) == 6, "no code for nobody")

        def all_alike(what, call, subjects=people, of_kinds=kinds):
            """Answers to a call about each challenge, which must be the same but for the id and times."""
            found = {}
            for kind in of_kinds:
                for subject in subjects:
                    one = started[subject, kind]
                    answer = web.call(call(subject, one.challenge.id, one.code))
                    found[subject, kind] = answer.code, answer.reason, shape(answer.message.message(1))
            check(len(set(found.values())) == 1, f"{what}: {found}")

        with report("row 34: GetChallenge looks alike for challenges that are and that are not"):
            all_alike("GetChallenge", lambda subject, one, code: get_challenge(subject, one))
        with report("row 34: a wrong code, and the code given for nobody, are WRONG_CODE in the same bytes"):
            for kind in (SMS, EMAIL):
                asked = {subject: started[subject, kind] for subject in people}
                found = {
                    web.call(verify(subject, one.challenge.id, wrong(one.code))).bytes
                    for subject, one in asked.items()}
                check(len(found) == 1, f"{len(found)} different answers")
                found = {
                    web.call(verify(subject, one.challenge.id, one.code)).bytes
                    for subject, one in asked.items() if subject != "known"}
                check(len(found) == 1, f"{len(found)} different answers")
            for call in (
                lambda subject: service.verify(subject, TOTP, "123456"),
                lambda subject: service.verify(subject, SMS, "123456"),
                lambda subject: verify(subject, UNKNOWN_ID, "123456"),
                lambda subject: verify(subject, factor=UNKNOWN_ID, code="1"),
            ):
                found = {web.call(call(subject)).bytes for subject in people}
                check(len(found) == 1, f"{len(found)} different answers")
        with report("row 34: the right code of who is known is ACCEPTED all the same"):
            one = started["known", SMS]
            verdict(web.call(verify("known", one.challenge.id, one.code)), ACCEPTED, "the right code")

        def fresh(kind):
            clock.advance(61)
            for subject in ("known", "nobody"):
                started[subject, kind] = Started(web.call(start_challenge(subject, kind, returned=kind != PUSH)))

        pair = "known", "nobody"
        with report("row 34: after five wrong codes GetChallenge looks alike"):
            fresh(EMAIL)
            for subject in pair:
                for _ in range(5):
                    one = started[subject, EMAIL]
                    verdict(web.call(verify(subject, one.challenge.id, wrong(one.code))), WRONG_CODE, "a guess")
            all_alike("after guesses", lambda subject, one, code: get_challenge(subject, one), pair, [EMAIL])
        with report("row 34: withdrawn, once and again, challenges look alike, then and after it"):
            fresh(EMAIL)
            for _ in range(2):
                all_alike("CancelChallenge", lambda subject, one, code: cancel_challenge(subject, one), pair, [EMAIL])
                all_alike("GetChallenge", lambda subject, one, code: get_challenge(subject, one), pair, [EMAIL])
        with report("row 34: replaced by the next one, challenges look alike"):
            fresh(EMAIL)
            before = {subject: started[subject, EMAIL] for subject in pair}
            fresh(EMAIL)
            for subject in pair:
                started[subject, EMAIL] = before[subject]
            all_alike("GetChallenge", lambda subject, one, code: get_challenge(subject, one), pair, [EMAIL])
        for kind, moments in ((EMAIL, (290, 310, 1000, 4000)), (PUSH, (110, 130, 290, 310, 1000, 4000))):
            with report(f"row 34: of kind {kind} challenges look alike at every age"):
                rules.expect(ops.call(rpc(
                    "SubjectService/UnlockFactor", {1: TENANT, 2: "known", 4: phones["known"].factor})), OK, "unlock")
                clock.advance(3700)
                fresh(kind)
                begin = started["known", kind].challenge.created_at_ms
                for seconds in moments:
                    clock.advance_to(begin + seconds * 1000)
                    # What is over a while is forgotten when its subject is next decided on.
                    rules.expect(ops.call(start_challenge("known", SMS)), OK, "a challenge of another caller")
                    all_alike(
                        f"after {seconds} s", lambda subject, one, code: get_challenge(subject, one), pair, [kind])

        with report("row 34: asked with ids that nobody was given, known and unknown subjects look alike"):
            for what, call in {
                "GetChallenge": lambda subject: get_challenge(subject, UNKNOWN_ID),
                "CancelChallenge": lambda subject: cancel_challenge(subject, UNKNOWN_ID),
                "another's challenge": lambda subject: get_challenge(subject, started["rationed", EMAIL].challenge.id),
                "Verify": lambda subject: verify(subject, UNKNOWN_ID, "123456"),
                "Verify without a code": lambda subject: verify(subject, UNKNOWN_ID),
                "a factor's": lambda subject: start_challenge(subject, factor=UNKNOWN_ID),
                "a resend's": lambda subject: start_challenge(subject, resend=UNKNOWN_ID),
            }.items():
                found = {subject: web.call(call(subject)) for subject in pair}
                shapes = {
                    subject: (answer.code, answer.reason, shape(answer.message)) for subject, answer in found.items()}
                check(len(set(shapes.values())) == 1, f"{what}: {shapes}")
        with report("row 34: a push that waits for its answer, and a proof without a code, look alike"):
            clock.advance(3700)
            for kind in (PUSH, EMAIL):
                fresh(kind)
                found = {subject: web.call(verify(subject, started[subject, kind].challenge.id)) for subject in pair}
                check(
                    len({answer.bytes for answer in found.values()}) == 1,
                    f"kind {kind}: {[(answer.code, answer.reason) for answer in found.values()]}")
        with report("row 34: a resend looks alike, of challenges that wait and of those that are over"):
            clock.advance(3700)
            fresh(EMAIL)
            for seconds in (61, 400):
                clock.advance(seconds)
                shapes = {}
                for subject in pair:
                    resend = start_challenge(subject, resend=started[subject, EMAIL].challenge.id)
                    answer = web.call(resend)
                    shapes[subject] = answer.code, answer.reason, shape(answer.message)
                check(len(set(shapes.values())) == 1, f"after {seconds} s: {shapes}")
        with report("row 34: GetChallenge waits for challenges that are and that are not"):
            clock.advance(3700)
            for kind in (EMAIL, PUSH):
                fresh(kind)
                for subject in pair:
                    begin = time.monotonic()
                    web.call(get_challenge(subject, started[subject, kind].challenge.id, 1000))
                    waited = time.monotonic() - begin
                    check(waited > 0.9, f"kind {kind} of {subject}: it waited {waited:.2f} s of 1 s")

        with report("row 20: another caller's challenge is not found, its code proves nothing, and stays good"):
            clock.advance(3700)
            asked = Started(ops.call(start_challenge("other's", SMS, returned=True)))
            for name, call in {
                "Verify": verify("other's", asked.challenge.id, asked.code),
                "GetChallenge": get_challenge("other's", asked.challenge.id),
                "CancelChallenge": cancel_challenge("other's", asked.challenge.id),
                "a resend": start_challenge("other's", resend=asked.challenge.id, returned=True),
            }.items():
                expect(other.call(call), NOT_FOUND, name, "CHALLENGE_NOT_FOUND")
            verdict(other.call(service.verify("other's", SMS, asked.code)), WRONG_CODE, "its code without its id")
            verdict(web.call(verify("other's", asked.challenge.id, asked.code)), WRONG_CODE, "the concealing caller")
            verdict(ops.call(verify("other's", asked.challenge.id, asked.code)), ACCEPTED, "its own caller")

        # Whole times differ as machines do: this finds only what another kind of work takes.
        with report("row 34: a start for somebody takes as long as one for nobody"):
            times = {subject: [] for subject in ("known", "locked", "nobody", "only-totp")}
            for _ in range(PROBES):
                for subject, found in times.items():
                    begin = time.perf_counter()
                    web.call(start_challenge(subject, EMAIL))
                    found.append(time.perf_counter() - begin)
            medians = {subject: statistics.median(found) * 1000 for subject, found in times.items()}
            print("     " + ", ".join(f"{subject} {median:.2f} ms" for subject, median in medians.items()))
            check(max(medians.values()) < 2 * min(medians.values()), f"medians: {medians}")
        server.stop()
