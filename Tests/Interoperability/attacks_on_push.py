"""Can a push be approved by anybody but the person at the sign-in, or be used to wear them out?

The notifications go to a double of Firebase Cloud Messaging that is as strict as its published description."""

import collections
import dataclasses
import random
import threading
import time

import rules
import service
import wire
from clock import Clock
from delivering import (
    APPROVED, CANCELLED, DENIED, FAILED, FAILED_PRECONDITION, FRAUD_REPORTED, HAS_EXPIRED, INVALID_ARGUMENT,
    MESSAGE_DELIVERY, NOT_FOUND, OUTSTANDING, PAUSED, PENDING, PUSH, PUSH_ANSWERED, TAKEN, UNKNOWN, WAS_DENIED, Started,
    cancel_challenge, challenge, configuration, delivered, get_challenge, start, start_challenge, verify,
)
from device import APPROVE, DENY, DENY_FRAUD, parse_pairing_uri
from fcm_server import FcmServer, UNREGISTERED, quota_exceeded
from phones import Phone, device_of, shown_in
from providers import EXPIRED as EXPIRED_CERTIFICATE, RIGHT, UNKNOWN_CA, WRONG_NAME, ProviderCertificates
from rules import attack, converse, expect, rpc, verdict, wait_until
from service import ACCEPTED, BACKUP_CODES, EXPIRED, OK, RATE_LIMITED, REPLAYED, TENANT, WRONG_CODE, check
from web_server import ACCEPT_THEN_HANG

LIFETIME_SECONDS = 120
SHOWN = {"action": "Pay 120 EUR", "context": "Chrome on Windows", "location": "Zürich, Switzerland"}


def fcm_section(fcm):
    return (
        f"  fcm:\n    service_account: {fcm.service_account}\n    url: {fcm.url}\n    ca: {fcm.certificates.ca}\n"
        "    timeout_seconds: 6\n")


def wrong_numbers(number):
    return [f"{(int(number) + step) % 10 ** len(number):0{len(number)}d}" for step in range(1, 4)]


class Person:
    """A subject with a phone, asked and asked again."""

    def __init__(self, clock, connection, subject, token=""):
        self.clock, self.connection, self.subject = clock, connection, subject
        self.phone = Phone(clock.milliseconds, token)
        self.backup_codes = converse(connection, self.phone.pair(subject))

    def ask(self):
        """A challenge as the caller knows it, and as the phone shows it."""
        started = start(self.connection, self.subject, factor=self.phone.factor, **SHOWN)
        shown = self.phone.shown(self.connection)
        check([each.challenge_id for each in shown] == [started.challenge.id], "the phone shows something else")
        return started, shown[0]

    def try_to_ask(self):
        return Started(self.connection.call(start_challenge(self.subject, PUSH)))

    def answer(self, shown, decision, number="", **options):
        return self.connection.call(self.phone.answer(shown, decision, number, **options))

    def verify(self, started):
        return self.connection.call(verify(self.subject, started.challenge.id))

    def state(self, started):
        return challenge(self.connection, self.subject, started.challenge.id).state

    def approve(self):
        """Asked, approved and verified; which forgets what was not approved before."""
        started, shown = self.ask()
        verdict(self.answer(shown, APPROVE, started.number), ACCEPTED, "approved")
        verdict(self.verify(started), ACCEPTED, "verified")

    def device(self):
        factor = rpc("EnrollmentService/GetFactor", {1: TENANT, 2: self.subject, 3: self.phone.factor})
        return device_of(expect(self.connection.call(factor), OK, "GetFactor").message(1))

    def unlock(self):
        unlock = rpc("SubjectService/UnlockFactor", {1: TENANT, 2: self.subject, 4: self.phone.factor})
        expect(self.connection.call(unlock), OK, "UnlockFactor")


@attack
def push_answers(report, place):
    """Pushes approved without the number, with another, by another, for another, too late, and twice."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server, wire.Connection(server.address) as connection:
        with report("row 32: only who read the pairing secret pairs, and a signature is for one pairing alone"):
            secrets = []
            for _ in range(2):
                uri = expect(connection.call(rpc(
                    "EnrollmentService/StartEnrollment", {1: TENANT, 2: "pairing", 4: PUSH})), OK, "start")
                secrets.append(parse_pairing_uri(uri.message(13).text(1)))
            phone, other = Phone(clock.milliseconds), Phone(clock.milliseconds)
            right = phone.pairing_signature(secrets[0])
            for what, call in {
                "another secret": phone.registration(
                    "pairing", secrets[0], phone.pairing_signature(dataclasses.replace(secrets[0], secret=bytes(16)))),
                "another pairing's signature": phone.registration(
                    "pairing", secrets[0], phone.pairing_signature(secrets[1])),
                "another key": other.registration("pairing", secrets[0], right),
                "another token": Phone(clock.milliseconds, "t").registration("pairing", secrets[0], right),
            }.items():
                verdict(connection.call(call), WRONG_CODE, what)
            for key in (bytes(65), b"\x04" + bytes(64), phone.public_key[:33], b"\x02" + phone.public_key[1:]):
                answer = connection.call(rpc("EnrollmentService/ActivateFactor", {
                    1: TENANT, 2: "pairing", 4: secrets[1].factor, 6: wire.encode({1: key, 4: right})}))
                is_refused = answer.code == INVALID_ARGUMENT or answer.message.number(1) == WRONG_CODE
                check(is_refused, "a key that is none was paired")
            verdict(connection.call(phone.registration("pairing", secrets[0])), ACCEPTED, "the right one")

        alice, mallory = (Person(clock, connection, name) for name in ("alice", "mallory"))

        with report("row 30, 32: approved with the number, a challenge is ACCEPTED once; before that it is PENDING"):
            started, shown = alice.ask()
            check((shown.action, shown.context, shown.location) == tuple(SHOWN.values()), "something else is shown")
            expect(alice.verify(started), FAILED_PRECONDITION, "before the answer", "CHALLENGE_PENDING")
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "the right number")
            found = verdict(alice.verify(started), ACCEPTED, "Verify")
            check(found.number(4) == PUSH and found.text(12) == started.challenge.id, "another proof")
            verdict(alice.verify(started), REPLAYED, "Verify again")
            verdict(alice.answer(shown, APPROVE, started.number), REPLAYED, "the answer again")
            verdict(alice.answer(shown, DENY), REPLAYED, "a denial after the approval")
            check(alice.state(started) == APPROVED, "the approval was undone")
            check(not alice.phone.shown(connection), "it is still shown")

        with report("row 30: without the number nothing is approved; after three wrong ones the right one is too late"):
            for numbers in (["", "", ""], None, ["1", "0" * 16, "x"]):
                started, shown = alice.ask()
                guesses = wrong_numbers(started.number) if numbers is None else numbers
                for left, guess in zip((2, 1), guesses):
                    found = verdict(alice.answer(shown, APPROVE, guess), WRONG_CODE, f"number {guess!r}")
                    check(found.number(3) == left, f"{found.number(3)} are left")
                found = verdict(alice.answer(shown, APPROVE, guesses[2]), DENIED, "the third")
                check(found.number(2) == WAS_DENIED, "it is still open")
                verdict(alice.answer(shown, APPROVE, started.number), REPLAYED, "the right one after them")
                verdict(alice.verify(started), DENIED, "Verify")
                check(challenge(connection, "alice", started.challenge.id).denial_reason == 3, "another reason")
                alice.unlock()

        with report("row 32: another challenge's number or signature, another device, and edited text approve nothing"):
            first, shown_first = alice.ask()
            old = alice.phone.answer_signature(shown_first, APPROVE, first.number)
            verdict(alice.answer(shown_first, APPROVE, first.number), ACCEPTED, "the first one")
            started, shown = alice.ask()
            hers, shown_to_her = mallory.ask()
            if first.number != started.number:
                verdict(alice.answer(shown, APPROVE, first.number), WRONG_CODE, "the number of the one before")
            unsigned = {
                "the answer to the one before": dict(signature=old),
                "another device's signature": dict(
                    signature=mallory.phone.answer_signature(shown, APPROVE, started.number)),
                "no signature": dict(signature=bytes(64)),
                "a denial": dict(signature=alice.phone.answer_signature(shown, DENY)),
                "a list": dict(signature=alice.phone.list_signature(clock.milliseconds())),
                "another number": dict(
                    signature=alice.phone.answer_signature(shown, APPROVE, wrong_numbers(started.number)[0])),
            }
            for field, value in {
                "app_name": "Another bank", "action": "Pay 1 EUR", "context": "", "location": "Zurich, Switzerland",
                "created_at_unix_ms": shown.created_at_unix_ms + 1, "expires_at_unix_ms": shown.expires_at_unix_ms + 1,
                "challenge_id": shown_to_her.challenge_id,
            }.items():
                edited = dataclasses.replace(shown, **{field: value})
                unsigned[f"another {field}"] = dict(
                    signature=alice.phone.answer_signature(edited, APPROVE, started.number))
            whole = alice.phone.answer_signature(shown, APPROVE, started.number)
            for bit in range(0, 512, 37):
                broken = bytearray(whole)
                broken[bit // 8] ^= 1 << bit % 8
                unsigned[f"bit {bit} flipped"] = dict(signature=bytes(broken))
            for what, options in unsigned.items():
                expect(
                    alice.answer(shown, APPROVE, started.number, **options), FAILED_PRECONDITION, what,
                    "SIGNATURE_INVALID")
            for signature in (whole[:-1], whole + b"\0", b"0" + whole):
                answer = alice.answer(shown, APPROVE, started.number, signature=signature)
                expect(answer, INVALID_ARGUMENT, "a signature of another length")
            answer = alice.answer(shown_to_her, APPROVE, hers.number)
            expect(answer, NOT_FOUND, "another's challenge", "CHALLENGE_NOT_FOUND")
            stolen = Phone(clock.milliseconds)
            stolen.name = alice.phone.name
            expect(
                connection.call(stolen.answer(shown, APPROVE, started.number)), FAILED_PRECONDITION, "a stolen name",
                "SIGNATURE_INVALID")
            expect(
                alice.answer(shown, APPROVE, started.number, tenant="other"), NOT_FOUND, "another tenant",
                "DEVICE_NOT_FOUND")
            check(alice.state(started) == PENDING, "one of them ended it")
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "after all that")
            verdict(mallory.answer(shown_to_her, APPROVE, hers.number), ACCEPTED, "the other's own")

        with report("row 32: what is pending is told to the device alone, for a request of the last 5 minutes"):
            started, shown = alice.ask()
            for what, options, code, reason in (
                ("old", {"at_ms": clock.milliseconds() - 302_000}, FAILED_PRECONDITION, "REQUEST_STALE"),
                ("early", {"at_ms": clock.milliseconds() + 302_000}, FAILED_PRECONDITION, "REQUEST_STALE"),
                ("another's", {"signature": mallory.phone.list_signature(clock.milliseconds())}, FAILED_PRECONDITION,
                 "SIGNATURE_INVALID"),
                ("another tenant", {"tenant": "other"}, NOT_FOUND, "DEVICE_NOT_FOUND"),
            ):
                expect(connection.call(alice.phone.question(**options)), code, what, reason)
            check(not mallory.phone.shown(connection), "another device is shown it")
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "the number")

        with report("row 33: an answer after 119 s counts, one after 121 s finds it EXPIRED"):
            started, shown = alice.ask()
            lifetime_ms = started.challenge.expires_at_ms - started.challenge.created_at_ms
            check(lifetime_ms == LIFETIME_SECONDS * 1000, f"it lives for {lifetime_ms} ms")
            clock.advance_to(started.challenge.created_at_ms + 119_000)
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "after 119 s")
            started, shown = alice.ask()
            clock.advance_to(started.challenge.created_at_ms + 121_000)
            verdict(alice.answer(shown, APPROVE, started.number), EXPIRED, "after 121 s")
            verdict(alice.verify(started), EXPIRED, "Verify")
            check(alice.state(started) == HAS_EXPIRED, "another state")

        with report("row 33: denied, withdrawn: the state stays, and is what the answers said"):
            started, shown = alice.ask()
            verdict(alice.answer(shown, DENY), DENIED, "denied")
            verdict(alice.answer(shown, APPROVE, started.number), REPLAYED, "approved after that")
            verdict(alice.verify(started), DENIED, "Verify")
            alice.unlock()
            started, shown = alice.ask()
            expect(connection.call(cancel_challenge("alice", started.challenge.id)), OK, "cancelled")
            verdict(alice.answer(shown, APPROVE, started.number), CANCELLED, "approved after that")
            verdict(alice.verify(started), CANCELLED, "Verify")
            alice.unlock()

        with report("row 30: GetChallenge waits until the answer, and without one for as long as it was asked to"):
            started, shown = alice.ask()
            with wire.Connection(server.address) as waiting:
                waiting.put(get_challenge("alice", started.challenge.id, 60_000), None)
                waiting.send()
                time.sleep(0.3)
                begin = time.monotonic()
                verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
                answers = []
                while not answers:
                    answers = waiting.receive()
                check(answers[0][1].message.message(1).number(4) == APPROVED, "another state")
                check(time.monotonic() - begin < 10, "it waited on")
            started, shown = alice.ask()
            begin = time.monotonic()
            found = challenge(connection, "alice", started.challenge.id, wait_ms=700)
            check(found.state == PENDING and time.monotonic() - begin >= 0.6, "it did not wait")
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
        server.stop()


@attack
def push_fatigue(report, place):
    """People who are asked until they give in."""
    clock = Clock(place.folder)
    certificates = ProviderCertificates(place.folder / "certificates")
    with FcmServer(place.folder / "fcm", certificates) as fcm, place.server(
        configuration=configuration(fcm_section(fcm)), prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        fcm.now = lambda: clock.milliseconds() / 1000

        def pushes(token):
            return sum(message["token"] == token for message in fcm.sent)

        with report("row 30: a notification says that there is a question, and never the number or what it is about"):
            alice = Person(clock, connection, "alice", "token-alice")
            started, shown = alice.ask()
            delivered(connection, "alice", started.challenge.id, TAKEN)
            message = fcm.sent[-1]
            check(message["data"] == {
                "type": "MFA_CHALLENGE", "challenge": started.challenge.id, "appName": "Countersign",
                "timestamp": str(started.challenge.created_at_ms)}, f"the data is {message['data']}")
            check(message.keys() == {"token", "android", "data"}, f"the message has {message.keys()}")
            check(message["android"].keys() == {"priority", "ttl"}, f"it has {message['android'].keys()}")
            check(not fcm.refused, f"the double refused {fcm.refused}")
            verdict(alice.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
            verdict(alice.verify(started), ACCEPTED, "Verify")

        with report("row 31: a hundred starts at once ask once, and a hundred in eight minutes three times"):
            before = pushes("token-alice")
            found = collections.Counter(
                (answer.verdict, answer.limit) for answer in (alice.try_to_ask() for _ in range(100)))
            check(found == {(0, 0): 1, (RATE_LIMITED, OUTSTANDING): 99}, f"{dict(found)}")
            wait_until(lambda: pushes("token-alice") > before, "the push came")
            found = collections.Counter()
            for _ in range(100):
                clock.advance(5)
                answer = alice.try_to_ask()
                found[answer.limit] += 1
                if answer.challenge:
                    delivered(connection, "alice", answer.challenge.id, TAKEN)
            check(found[PAUSED] > 0 and pushes("token-alice") - before == 3, f"{dict(found)}")
            check(alice.device() == (True, False), "the device is not paused")

        with report("row 31: the pause outlives kill -9, offers other kinds, and ends when another factor is proven"):
            server.kill()
            server.start()
            connection = alice.connection = wire.Connection(server.address)
            clock.advance(24 * 3600)
            answer = connection.call(start_challenge("alice", PUSH))
            started = Started(answer)
            check((started.verdict, started.limit) == (RATE_LIMITED, PAUSED), f"limit {started.limit}")
            check(list(answer.message.fields[9][-1]) == [BACKUP_CODES], "the other kind is not offered")
            found = connection.call(service.verify("alice", BACKUP_CODES, alice.backup_codes[0]))
            verdict(found, ACCEPTED, "a backup code")
            alice.approve()

        with report("row 31: starting and withdrawing again and again asks three times"):
            bob = Person(clock, connection, "bob", "token-bob")
            for _ in range(20):
                answer = bob.try_to_ask()
                if answer.challenge:
                    delivered(connection, "bob", answer.challenge.id, TAKEN)
                    expect(connection.call(cancel_challenge("bob", answer.challenge.id)), OK, "cancel")
            check(pushes("token-bob") == 3, f"{pushes('token-bob')} pushes")
            check(answer.limit == PAUSED, f"limit {answer.limit}")

        with report("row 31: three denials pause"):
            carol = Person(clock, connection, "carol", "token-carol")
            for _ in range(3):
                started, shown = carol.ask()
                verdict(carol.answer(shown, DENY), DENIED, "denied")
            check(carol.try_to_ask().limit == PAUSED, "not paused")

        with report("row 31: a report of fraud is in the audit, and pauses at once and until an administrator looked"):
            dora = Person(clock, connection, "dora", "token-dora")
            started, shown = dora.ask()
            verdict(dora.answer(shown, DENY_FRAUD), DENIED, "fraud")
            check(challenge(connection, "dora", started.challenge.id).denial_reason == 2, "another reason")
            frauds = [event for event in rules.events(connection) if event.number(2) == FRAUD_REPORTED]
            check([event.text(12) for event in frauds] == [started.challenge.id], f"{len(frauds)} events")
            check(dora.try_to_ask().limit == PAUSED and dora.device()[0], "not paused")
            verdict(
                connection.call(service.verify("dora", BACKUP_CODES, dora.backup_codes[0])), ACCEPTED, "a backup code")
            check(dora.try_to_ask().limit == PAUSED, "another factor lifted it")
            dora.unlock()
            dora.approve()
        check(not fcm.refused, f"the double refused {fcm.refused}")
        server.stop()


@attack
def push_channel(report, place):
    """A channel that knows no such device, no such sender, no mercy, and no answer."""
    clock = Clock(place.folder)
    certificates = ProviderCertificates(place.folder / "certificates")
    with FcmServer(place.folder / "fcm", certificates) as fcm, place.server(
        configuration=configuration(fcm_section(fcm)), prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        fcm.now = lambda: clock.milliseconds() / 1000
        erin = Person(clock, connection, "erin", "token-erin")

        def asked_and_approved(state, meanwhile=lambda started: None):
            started, shown = erin.ask()
            meanwhile(started)
            delivered(connection, "erin", started.challenge.id, state)
            verdict(erin.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
            verdict(erin.verify(started), ACCEPTED, "Verify")

        def is_tried(started):
            return any(
                event.text(12) == started.challenge.id and event.number(2) == MESSAGE_DELIVERY
                for event in rules.events(connection))

        with report("F16: a token that was withdrawn is replaced, once, and the push arrives"):
            asked_and_approved(TAKEN)
            check(len(fcm.token_requests) == 1, "more tokens than one")
            asked_and_approved(TAKEN)
            check(len(fcm.token_requests) == 1, "the token was not kept")
            fcm.revoke_tokens()
            asked_and_approved(TAKEN)
            check(len(fcm.token_requests) == 2, f"{len(fcm.token_requests)} requests for tokens")
            check(len(fcm.refused) == 1, f"the double refused {fcm.refused}")
            fcm.refused.clear()

        with report("F16: the channel's Retry-After is kept"):
            fcm.script.then(quota_exceeded(60))

            def wait(started):
                wait_until(lambda: is_tried(started), "the first attempt is on record")
                clock.advance(57)
                time.sleep(1.3)
                check(len(fcm.attempts) == attempts + 1, "it did not wait")
                clock.advance(3)

            attempts = len(fcm.attempts)
            asked_and_approved(TAKEN, wait)

        for certificate in (WRONG_NAME, UNKNOWN_CA, EXPIRED_CERTIFICATE):
            with report(f"F17: a channel with a certificate that is {certificate} gets neither token nor push"):
                fcm.stop()
                fcm.show(certificate)
                fcm.start()
                requests = len(fcm.requests)
                started, shown = erin.ask()
                wait_until(lambda: is_tried(started), "the first attempt is on record")
                check(len(fcm.requests) == requests, "a request was sent")
                verdict(erin.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
                fcm.stop()
                fcm.show(RIGHT)
                fcm.start()
                asked_and_approved(TAKEN)

        with report("row 32: a dead token retires the notification, not the device, which asks by itself"):
            fcm.script.then(UNREGISTERED)
            asked_and_approved(FAILED)
            check(erin.device() == (False, True), f"paused, unreachable: {erin.device()}")
            requests = len(fcm.requests)
            for _ in range(2):
                asked_and_approved(0)
            check(len(fcm.requests) == requests, "the channel was asked again")

        with report("F16: while the channel hangs, proofs are answered, and other pushes too"):
            fcm.script.always(ACCEPT_THEN_HANG)
            frank = Person(clock, connection, "frank", "token-frank")
            started, shown = frank.ask()
            wait_until(lambda: fcm.sent and fcm.sent[-1]["token"] == "token-frank", "the channel has it")
            begin = time.monotonic()
            for code in frank.backup_codes[:5]:
                verdict(connection.call(service.verify("frank", BACKUP_CODES, code)), ACCEPTED, "a backup code")
            verdict(frank.answer(shown, APPROVE, started.number), ACCEPTED, "the number")
            verdict(frank.verify(started), ACCEPTED, "Verify")
            check(time.monotonic() - begin < 5, f"it took {time.monotonic() - begin:.1f} s")
            delivered(connection, "frank", started.challenge.id, UNKNOWN)
            # Word of the backup codes goes the same way.
            asked = [
                each for each in fcm.attempts
                if each["token"] == "token-frank" and each["data"]["type"] == "MFA_CHALLENGE"]
            check(len(asked) == 1, f"it was sent {len(asked)} times")
        check(not fcm.refused, f"the double refused {fcm.refused}")
        server.stop()


PEOPLE, BATCHES = 25, 20


@attack
def push_races(report, place):
    """Approval, denial and expiry at the same moment."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server:
        engine = wire.Engine(server.address)
        phones = {f"r{index}": Phone(clock.milliseconds) for index in range(PEOPLE)}
        engine.run((phone.pair(subject) for subject, phone in phones.items()), at_once=PEOPLE)
        asked, answers, results = {}, {}, collections.Counter()

        def ask(subject, phone):
            yield rpc("SubjectService/UnlockFactor", {1: TENANT, 2: subject, 4: phone.factor})
            started = Started((yield start_challenge(subject, factor=phone.factor)))
            check(started.challenge is not None, f"verdict {started.verdict}, limit {started.limit}")
            asked[subject] = started, shown_in((yield phone.question()))[0]

        def race(subject, phone, order):
            started, shown = asked[subject]
            calls = [phone.answer(shown, APPROVE, started.number), phone.answer(shown, DENY)]
            found = yield (calls if order else calls[::-1])
            approved, denied = (
                expect(answer, OK, "AnswerPush").number(1) for answer in (found if order else found[::-1]))
            looked = yield get_challenge(subject, started.challenge.id)
            state = expect(looked, OK, "GetChallenge").message(1).number(4)
            worth = expect((yield verify(subject, started.challenge.id)), OK, "Verify").number(1)
            outcome = approved, denied, state, worth
            check(outcome in (
                (ACCEPTED, REPLAYED, APPROVED, ACCEPTED), (REPLAYED, DENIED, WAS_DENIED, DENIED),
                (EXPIRED, EXPIRED, HAS_EXPIRED, EXPIRED)), f"approve, deny, state, Verify: {outcome}")
            results[state] += 1
            answers[started.challenge.id] = {verdict for verdict in (approved, denied)} - {REPLAYED, EXPIRED}

        with report(f"row 33: approval, denial and expiry at once, {PEOPLE * BATCHES} times: one end, as answered"):
            dice = random.Random(33)
            for batch in range(BATCHES):
                engine.run((ask(subject, phone) for subject, phone in phones.items()), at_once=PEOPLE)
                latest = max(started.challenge.expires_at_ms for started, _ in asked.values())
                clock.advance_to(latest - 1500)
                end = threading.Timer(dice.uniform(0, 0.06), clock.advance, [3])
                if batch % 4:
                    end.start()
                engine.run(
                    (race(subject, phone, dice.random() < 0.5) for subject, phone in phones.items()), at_once=PEOPLE)
                if batch % 4:
                    end.join()
            check(all(results[state] for state in (APPROVED, WAS_DENIED, HAS_EXPIRED)), f"ends: {dict(results)}")
            print(f"     approved {results[APPROVED]}, denied {results[WAS_DENIED]}, expired {results[HAS_EXPIRED]}")
        with report("row 33: the audit has one end of each, the one that was answered"):
            audited = collections.defaultdict(list)
            with wire.Connection(server.address) as connection:
                for event in rules.events(connection):
                    if event.number(2) == PUSH_ANSWERED and event.number(9) not in (REPLAYED, EXPIRED):
                        audited[event.text(12)].append(event.number(9))
            check(
                all(audited.get(one, []) == sorted(wanted) for one, wanted in answers.items()) and len(answers) == 500,
                "the audit tells another story")
        engine.close()
        server.stop()
