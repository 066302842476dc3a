"""Is anybody let through whom the policy does not let through, and does each key of the policy file mean what it says?"""

import collections
import pathlib
import shutil
import signal
import subprocess
import threading
import time

import rules
import service
import wire
from attacks_on_callers import spiffe
from certificates import Authority, client_context
from clock import Clock
from rules import attack, converse, expect, rpc, verdict, wait_until
from service import ACCEPTED, CONFIGURATION, OK, TENANT, TOTP, check, totp

ALLOW, PROMPT, REQUIRE, ENROLL, DENY = range(1, 6)
ORDINARY, SENSITIVE = 1, 2
NEW_DEVICE, NEW_LOCATION, SENSITIVE_ACTION = 2, 3, 4
REMEMBERED, GRACE_RUNNING, GRACE_OVER, NOT_ENFORCED = 11, 20, 21, 23
TOKEN_REUSED, NOT_PERMITTED = 40, 42
SERVICE_ACCOUNT = 2
DAY = 86_400
HOME = {"fingerprint": "laptop", "address": "192.0.2.7"}
AWAY = {"fingerprint": "phone", "address": "203.0.113.9"}

# The project's own first policy, word for word.
SEED = """\
mfa_enforcement:
  all_users: true
  grace_period: 30_days
  exclude_service_accounts: true
  risk_based_prompting:
    - new_device: prompt_mfa
    - new_location: prompt_mfa
    - sensitive_action: require_mfa
  recovery:
    backup_codes: 10
    admin_recovery: "verify_with_id"
    recovery_timeout: 24_hours
"""


def signals(fingerprint="", address="", token="", location="", agent="", risk=0):
    return wire.encode({1: token, 2: fingerprint, 3: address, 4: location, 6: agent, 7: risk})


def evaluate(subject, where=HOME, sensitivity=ORDINARY, action="sign_in", verification="", tenant=TENANT):
    return rpc("PolicyService/Evaluate", {
        1: tenant, 2: subject, 4: action, 5: sensitivity, 6: signals(**where), 7: verification})


class Answer:
    def __init__(self, answer):
        message = expect(answer, OK, "Evaluate")
        self.requirement = message.number(1)
        self.reasons = packed(message, 2)
        self.grace_ends_ms = message.number(8)
        self.version = message.text(9)
        self.token = message.text(10)


def packed(message, field):
    """The numbers of a packed field."""
    numbers = []
    for data in message.fields.get(field, []):
        if isinstance(data, int):
            numbers.append(data)
            continue
        at = 0
        while at < len(data):
            number, at = wire.read_varint(data, at)
            numbers.append(number)
    return numbers


class Person:
    """Somebody with an authenticator app, enrolled and verified at home."""

    def __init__(self, clock, connection, subject="alice"):
        self.clock, self.connection, self.subject = clock, connection, subject
        self.secret, self.backup_codes = converse(connection, service.enroll(subject, self.step()))
        self.verified = self.verify(HOME)

    def step(self):
        """One that was not used before."""
        self.clock.advance(30)
        return self.clock.milliseconds() // 30_000

    def code(self):
        return totp(self.secret, self.step())

    def verify(self, where, action=""):
        """The verification's id."""
        answer = self.connection.call(rpc("VerificationService/Verify", {
            1: TENANT, 2: self.subject, 5: TOTP, 6: self.code(), 9: action, 10: signals(**where)}))
        verdict(answer, ACCEPTED, "verified")
        return answer.message.text(2)

    def ask(self, where=HOME, **options):
        return Answer(self.connection.call(evaluate(self.subject, where, **options)))

    def trust(self):
        """A token of a device that is remembered."""
        message = expect(self.connection.call(rpc("PolicyService/TrustDevice", {
            1: TENANT, 2: self.subject, 4: self.verified, 5: "Laptop"})), OK, "TrustDevice")
        return message.text(2)


def with_policy(place, text):
    """A configuration that names a policy file of this text, and the file."""
    file = place.folder / "policy.yaml"
    file.write_text(text)
    return CONFIGURATION.replace("policy.yaml", str(file)), file


def ended(command):
    """A program that has to end by itself."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=30)


def reload(server, file, text, version):
    """Puts another text in force; returns once decisions name another version than this."""
    file.write_text(text)
    server.process.send_signal(signal.SIGHUP)
    with wire.Connection(server.address) as connection:
        wait_until(
            lambda: Answer(connection.call(evaluate("nobody-in-particular"))).version != version, "the new policy rules")


@attack
def leaf_keys(report, place):
    """Each leaf key of the project's own policy, changed alone."""
    clock = Clock(place.folder)
    configuration, file = with_policy(place, SEED)
    with place.server(configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        person = Person(clock, connection)
        version = person.ask().version
        machine = rpc("SubjectService/PutSubject", {1: TENANT, 2: "machine", 4: SERVICE_ACCOUNT})
        expect(connection.call(machine), OK, "PutSubject")
        known = {"fingerprint": "laptop"}

        def newcomer(name="newcomer"):
            return Answer(connection.call(evaluate(name)))

        def codes():
            return len(Person(clock, connection, service.unique("codes")).backup_codes)

        grace_ms = newcomer().grace_ends_ms - clock.milliseconds()
        with report("the project's own policy loads word for word, and asks as it says"):
            check(abs(grace_ms - 30 * DAY * 1000) < 60_000, f"grace of {grace_ms} ms")
            check(person.ask().requirement == ALLOW, "not let through at home")
            check(person.ask({**HOME, "fingerprint": "other"}).reasons == [NEW_DEVICE], "a new device")
            check(person.ask({**HOME, "address": "203.0.113.9"}).reasons == [NEW_LOCATION], "a new place")
            check(person.ask(sensitivity=SENSITIVE).requirement == REQUIRE, "a sensitive action")
            check(codes() == 10, "not ten codes")
        changes = {
            "all_users: true": ("all_users: false", lambda: newcomer("free").reasons[-1] == NOT_ENFORCED),
            "grace_period: 30_days": (
                "grace_period: 1_days",
                lambda: abs(newcomer().grace_ends_ms - clock.milliseconds() - DAY * 1000) < 600_000),
            "exclude_service_accounts: true": (
                "exclude_service_accounts: false",
                lambda: Answer(connection.call(evaluate("machine"))).reasons[-1] == GRACE_RUNNING),
            "new_device: prompt_mfa": (
                "new_device: deny", lambda: person.ask({**HOME, "fingerprint": "other"}).requirement == DENY),
            "new_location: prompt_mfa": (
                "new_location: require_mfa", lambda: person.ask(known).requirement == REQUIRE),
            "sensitive_action: require_mfa": (
                "sensitive_action: prompt_mfa", lambda: person.ask(sensitivity=SENSITIVE).requirement == PROMPT),
            "backup_codes: 10": ("backup_codes: 7", lambda: codes() == 7),
        }
        for before, (after, holds) in changes.items():
            with report(f"{after}, and nothing else, is another answer"):
                check(not holds(), "the answer is the same without the change")
                reload(server, file, SEED.replace(before, after), version)
                check(holds(), "the answer is the same with the change")
                changed = person.ask().version
                reload(server, file, SEED, changed)
                check(person.ask().version == version, "the same text has another version")
        server.stop()


@attack
def reloads(report, place):
    """A policy that is changed while it is asked, and one that cannot be read."""
    clock = Clock(place.folder)
    configuration, file = with_policy(place, SEED)
    strict = SEED.replace("grace_period: 30_days", "grace_period: 5_days").replace(
        "new_device: prompt_mfa", "new_device: deny")
    with place.server(configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        person = Person(clock, connection)
        first = person.ask().version
        with report("row 86: a policy that is wrong, or gone, leaves the one before in force, and the log says where"):
            for number, text in enumerate(["mfa_enforcement: {all_user: true}", "[", "", None], start=1):
                if text is None:
                    file.unlink()
                else:
                    file.write_text(text)
                server.process.send_signal(signal.SIGHUP)
                wait_until(
                    lambda: sum("policy: not reloaded" in str(line) for line in rules.log_lines(server)) == number,
                    "the log says so")
                check(person.ask().version == first, "another policy is in force")
            reasons = [line["reason"] for line in rules.log_lines(server) if "not reloaded" in line["message"]]
            check(f"{file}:1:19: " in reasons[0], f"the log says {reasons[0]}")
        with report("row 86: flipped under load, each answer is wholly of the one policy or of the other"):
            seen, faults = collections.Counter(), []
            stop = threading.Event()

            def load():
                with wire.Connection(server.address) as own:
                    while not stop.is_set():
                        answer = Answer(own.call(evaluate(person.subject, {**HOME, "fingerprint": "other"})))
                        seen[answer.version] += 1
                        days = round((answer.grace_ends_ms - clock.milliseconds()) / 1000 / DAY)
                        expected = (PROMPT, 30) if answer.version == first else (DENY, 5)
                        if (answer.requirement, days) != expected:
                            faults.append((answer.version, answer.requirement, days))

            threads = [threading.Thread(target=load) for _ in range(4)]
            for thread in threads:
                thread.start()
            for number in range(40):
                file.write_text(strict if number % 2 == 0 else SEED)
                server.process.send_signal(signal.SIGHUP)
                time.sleep(0.05)
            stop.set()
            for thread in threads:
                thread.join()
            check(len(seen) == 2 and not faults, f"versions {dict(seen)}, mixed answers {faults[:3]}")
        with report("a policy that is wrong stops the start, with line and column, and check-config says the same"):
            file.write_text("mfa_enforcement:\n  grace_period: soon\n")
            server.stop()
            done = ended(server.command("serve"))
            check(done.returncode == 2 and f"{file}:2:17: mfa_enforcement.grace_period" in done.stderr, done.stderr)
            checked = ended(server.command("check-config"))
            check(checked.returncode == 2 and "policy.yaml:2:17" in checked.stderr, checked.stderr)


@attack
def places(report, place):
    """Databases of places: what an address counts as, and files that are no databases."""
    here = pathlib.Path(__file__).resolve().parent
    found = subprocess.run([here / "place_databases.sh"], check=True, capture_output=True, text=True).stdout.strip()
    databases = pathlib.Path(found) / "test-data"
    file = place.folder / "places.mmdb"

    def replace(source):
        new = place.folder / "new.mmdb"
        shutil.copyfile(source, new)
        new.rename(file)

    replace(databases / "GeoLite2-City-Test.mmdb")
    clock = Clock(place.folder)
    configuration = f"places: {{databases: [{file}]}}\n{CONFIGURATION}"
    london, boxford, linkoeping = "81.2.69.142", "2.125.160.216", "89.160.20.112"

    def reloaded(server, outcome, count):
        server.process.send_signal(signal.SIGHUP)
        wait_until(
            lambda: sum(f"places: {outcome}" == line["message"] for line in rules.log_lines(server)) == count,
            "the log says so")

    with place.server(configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        person = Person(clock, connection)

        def known(address):
            return NEW_LOCATION not in person.ask({**HOME, "address": address}).reasons

        with report("a place is what the database knows of an address, else its network"):
            person.verify({**HOME, "address": london})
            check(known(boxford), "the same country and subdivision are a new place")
            check(not known(linkoeping), "another country is a known place")
            check(known("192.0.2.200") and not known("192.0.3.1"), "an address that is not there is not its network")
        with report("a database that is damaged, or gone, leaves the one before in force, and the log says so"):
            for number, source in enumerate(
                    ["MaxMind-DB-test-broken-search-tree-24.mmdb", "GeoIP2-City-Test-Invalid-Node-Count.mmdb", None], 1):
                if source is None:
                    file.unlink()
                elif number == 1:
                    new = place.folder / "new.mmdb"
                    new.write_bytes((databases / source).read_bytes()[:500])
                    new.rename(file)
                else:
                    replace(databases / source)
                reloaded(server, "not reloaded", number)
                check(known(boxford) and not known(linkoeping), "another database is in force")
        with report("SIGHUP opens a new file, from the next call on"):
            replace(databases / "GeoLite2-Country-Test.mmdb")
            reloaded(server, "reloaded", 1)
            check(not known(boxford), "the place without its subdivision was known before")
            person.verify({**HOME, "address": london})
            check(known(boxford), "the country is not known")
        server.stop()
        with report("what is no database stops the start, with its key and one line"):
            file.write_text("no database")
            for command in ("serve", "check-config"):
                done = ended(server.command(command))
                check(
                    done.returncode == 2 and "places.databases" in done.stderr and str(file) in done.stderr
                    and len(done.stderr.splitlines()) == 1, done.stderr)


@attack
def grace(report, place):
    """Grace under resets, crashes and clocks that are set."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server:
        def ask(subject="alice"):
            with wire.Connection(server.address) as connection:
                return Answer(connection.call(evaluate(subject)))

        def call(method, fields):
            with wire.Connection(server.address) as connection:
                expect(connection.call(rpc(method, {1: TENANT, **fields})), OK, method)

        begin = clock.milliseconds()
        end = ask().grace_ends_ms
        with report("grace begins once: not again by a crash, another role, or erasing"):
            check(abs(end - begin - 30 * DAY * 1000) < 60_000, "it is not 30 days")
            server.kill()
            server.start()
            clock.advance(DAY)
            call("SubjectService/PutSubject", {2: "alice", 5: "admins"})
            check(ask().grace_ends_ms == end, "another end after a crash and another role")
            call("SubjectService/EraseSubject", {2: "alice"})
            check(ask().grace_ends_ms == end, "another end after erasing")
            server.kill()
            server.start()
            call("SubjectService/EraseSubject", {2: "alice"})
            call("SubjectService/PutSubject", {2: "alice", 4: 1})
            check(ask().grace_ends_ms == end, "another end after erasing and a crash")
        with report("F8: a clock a year ahead ends grace, and set back it is as it was; F7: before its beginning it is none"):
            clock.advance(365 * DAY)
            check(ask().requirement == ENROLL and ask().reasons[-1] == GRACE_OVER, "grace goes on")
            clock.advance(-365 * DAY)
            check(ask().requirement == ALLOW and ask().grace_ends_ms == end, "grace is not as it was")
            clock.advance(-2 * DAY)
            check(ask().requirement == ENROLL, "grace runs before its beginning")
            clock.advance(2 * DAY)
        with report("grace ends to the second"):
            clock.advance_to(end - 2_000)
            check(ask().requirement == ALLOW, "it ended early")
            clock.advance_to(end + 1)
            check(ask().requirement == ENROLL, "it ended late")
        with report("F10: in the year 2040 people are let through and asked like today"):
            clock.advance_to(2_209_000_000_000)
            with wire.Connection(server.address) as connection:
                person = Person(clock, connection, "bob")
                check(person.ask().requirement == ALLOW and person.ask(AWAY).requirement == PROMPT, "other answers")
        server.stop()


@attack
def devices(report, place):
    """Tokens of remembered devices: copied, forged, late, and of others."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server, wire.Connection(server.address) as connection:
        person = Person(clock, connection)
        away = {"address": "203.0.113.9"}
        with report("a copied token ends the trust, whoever uses it first; the owner is asked again"):
            for thief_first in (True, False):
                person.verified = person.verify(HOME)
                token = person.trust()
                good = person.ask({**away, "token": token})
                check(good.requirement == ALLOW and REMEMBERED in good.reasons and good.token, "not remembered")
                first, second = (good.token, token) if thief_first else (token, good.token)
                check(TOKEN_REUSED in person.ask({**away, "token": token}).reasons, "the copy is not noticed")
                for each in (first, second):
                    check(person.ask({**away, "token": each}).requirement == PROMPT, "a token is still good")
        with report("of 64 uses of one token at once one is good"):
            for _ in range(10):
                person.verified = person.verify(HOME)
                token = person.trust()
                engine = wire.Engine(server.address)
                answers = []

                def use(each):
                    answers.append(Answer((yield evaluate(person.subject, {**away, "token": each}))))

                engine.run((use(token) for _ in range(64)), at_once=64)
                engine.close()
                good = [each for each in answers if each.requirement == ALLOW]
                check(len(good) == 1, f"{len(good)} were let through")
        with report("a token is good for its subject alone, and with no character changed"):
            person.verified = person.verify(HOME)
            token = person.trust()
            other = Person(clock, connection, "mallory")
            check(other.ask({**away, "token": token}).requirement == PROMPT, "another subject was let through")
            for at in range(0, len(token), 3):
                forged = f"{token[:at]}{'0' if token[at] != '0' else '1'}{token[at + 1:]}"
                answer = person.ask({**away, "token": forged})
                check(REMEMBERED not in answer.reasons, f"forged at {at} and let through")
        with report("trust ends after 30 days of use, and at once when its factor is suspended"):
            person.verified = person.verify(HOME)
            token = person.trust()
            begin = clock.milliseconds()
            for day in range(1, 30):
                clock.advance_to(begin + day * DAY * 1000)
                token = person.ask({**away, "token": token}).token
                check(token, f"not good on day {day}")
            clock.advance_to(begin + 30 * DAY * 1000 + 1_000)
            check(person.ask({**away, "token": token}).requirement == PROMPT, "good after 30 days")
            person.verified = person.verify(HOME)
            token = person.trust()
            factors = expect(connection.call(service.list_factors(person.subject)), OK, "ListFactors").messages(1)
            factor = next(each.text(1) for each in factors if each.number(2) == TOTP and each.number(3) == 2)
            expect(connection.call(rpc("EnrollmentService/SuspendFactor", {
                1: TENANT, 2: person.subject, 4: factor})), OK, "SuspendFactor")
            check(person.ask({**away, "token": token}).requirement == PROMPT, "good after its factor was suspended")
        with report("nothing of a person's devices and places is in the database, the log or the audit"):
            server.stop()
            secrets = [b"laptop", b"192.0.2", b"203.0.113", token.encode(), token.split(".")[2].encode()]
            for file in list((server.folder / "data").iterdir()) + [server.log]:
                content = file.read_bytes()
                found = [each for each in secrets if each in content]
                check(not found, f"{file.name} holds {found}")


@attack
def asserted(report, place):
    """Callers who tell what they may not."""
    authority = Authority(place.new("authority"))
    entries = "callers:\n" + authority.caller(
        "whole", '"*"', "[enroll, verify, evaluate, assert-device, assert-network, assert-risk, assert-primary]")
    entries += authority.caller("plain", '"*"', "[verify, evaluate]")
    clock = Clock(place.folder)
    with place.server(
        configuration=authority.server_section() + CONFIGURATION + entries, prefix=clock.prefix,
    ) as server:

        def connect(name):
            return wire.Connection(server.address, client_context(server, authority.issue(name, spiffe(name))))

        with connect("whole") as whole, connect("whole") as second, connect("plain") as plain:
            person = Person(clock, whole)
            with report("row 85: a device and a place told by a caller without the scope are as good as not told"):
                check(person.ask().requirement == ALLOW, "not let through")
                answer = Answer(plain.call(evaluate(person.subject)))
                check(answer.requirement == PROMPT and NOT_PERMITTED in answer.reasons, f"{answer.reasons}")
            with report("row 85: nor do they become known by a verification of such a caller"):
                answer = plain.call(rpc("VerificationService/Verify", {
                    1: TENANT, 2: person.subject, 5: TOTP, 6: person.code(), 10: signals(**AWAY)}))
                verdict(answer, ACCEPTED, "verified")
                check(person.ask(AWAY).reasons == [NEW_DEVICE, NEW_LOCATION], "became known")
            with report("row 76: of the last two factors, ended at once, one stays; the last one cannot be ended"):
                for number in range(20):
                    twin = Person(clock, whole, f"twin-{number}")
                    offer = whole.call(rpc("EnrollmentService/StartEnrollment", {
                        1: TENANT, 2: twin.subject, 4: TOTP, 7: twin.verified}))
                    factor, secret = service.enrolled(offer)
                    verdict(whole.call(service.activate_factor(
                        twin.subject, factor, totp(secret, twin.step()))), ACCEPTED, "activated")
                    factors = [
                        each.text(1) for each in
                        expect(whole.call(service.list_factors(twin.subject)), OK, "ListFactors").messages(1)
                        if each.number(2) == TOTP]
                    ends = [rpc("EnrollmentService/RevokeFactor", {
                        1: TENANT, 2: twin.subject, 4: each, 5: twin.verified}) for each in factors]
                    answers = []
                    threads = [
                        threading.Thread(target=lambda connection, call: answers.append(connection.call(call)), args=pair)
                        for pair in ((whole, ends[0]), (second, ends[1]))]
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
                    refused = [answer.reason for answer in answers if answer.code != OK]
                    check(len(refused) == 1 and refused[0] in ("LAST_FACTOR", "PROOF_STALE"), f"refused: {refused}")
                    left = [
                        each for each in
                        expect(whole.call(service.list_factors(twin.subject)), OK, "ListFactors").messages(1)
                        if each.number(2) == TOTP and each.number(3) == service.ACTIVE]
                    check(len(left) == 1, f"{len(left)} factors are left")
            with report("row 81: what is empty, unknown or malformed is never let through"):
                for fields in ({}, {6: b""}, {5: SENSITIVE}, {6: signals(address="999.1.1.1")}, {6: signals(risk=2**64 - 1)},
                               {6: signals(token="\x00" * 128)}, {7: "f" * 32}):
                    answer = Answer(whole.call(rpc("PolicyService/Evaluate", {1: TENANT, 2: person.subject, **fields})))
                    check(answer.requirement >= PROMPT, f"{fields}: {answer.requirement}")
                for sensitivity in (3, 99, 2**31 - 1):
                    answer = whole.call(rpc("PolicyService/Evaluate", {1: TENANT, 2: person.subject, 5: sensitivity}))
                    check(answer.code == 3, f"sensitivity {sensitivity}: status {answer.code}")
            server.stop()


@attack
def exceptions_and_ages(report, place):
    """Who is excepted for a while, how old a proof may be, and how long what was seen is kept."""
    clock = Clock(place.folder)
    until = (clock.milliseconds() // 1000 + DAY) // DAY * DAY
    text = SEED.replace("24_hours", "24_hours\n  history: 20_days") + (
        "  break_glass:\n    - tenant: default\n      subject: fireman\n"
        f"      until: {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(until))}\n      reason: drill\n")
    configuration, file = with_policy(place, text)
    with place.server(configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        person = Person(clock, connection)

        def alarms():
            return [line for line in rules.log_lines(server) if "break-glass" in line["message"]]

        with report("row 142: break-glass lets its subject through with an alarm each time, nobody else, and ends by itself"):
            fireman = Answer(connection.call(evaluate("fireman", AWAY, sensitivity=SENSITIVE)))
            check(fireman.requirement == ALLOW, "not let through")
            wait_until(lambda: len(alarms()) == 1 and alarms()[0]["level"] == "critical", "the alarm")
            check(person.ask(AWAY, sensitivity=SENSITIVE).requirement == REQUIRE, "somebody else was let through")
            clock.advance_to(until * 1000 - 1_000)
            check(Answer(connection.call(evaluate("fireman", AWAY))).requirement == ALLOW, "it ended early")
            clock.advance_to(until * 1000)
            answer = Answer(connection.call(evaluate("fireman", AWAY, sensitivity=SENSITIVE)))
            check(answer.requirement == ENROLL, "it ended late")
            server.kill()
            server.start()
            with wire.Connection(server.address) as again:
                answer = Answer(again.call(evaluate("fireman", AWAY, sensitivity=SENSITIVE)))
                check(answer.requirement == ENROLL, "a restart opened it again")
    clock = Clock(place.new("ages"))
    with place.server("aged", configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        person = Person(clock, connection)
        begin = clock.milliseconds()
        with report("row 133: what was seen is kept for the days of the policy, and no longer"):
            clock.advance_to(begin + 20 * DAY * 1000 - 60_000)
            check(person.ask().requirement == ALLOW, "forgotten early")
            clock.advance_to(begin + 20 * DAY * 1000 + 60_000)
            check(person.ask().reasons == [NEW_DEVICE, NEW_LOCATION], "known after its days")
        with report("row 83: a proof of level 1 meets a prompt for 30 days, one of level 2 for a day, none of a time to come"):
            for level, days in ((1, 30), (2, 1)):
                version = person.ask().version
                reload(server, file, f"{SEED}  assurance: {{aal: {level}}}\n", version)
                answer = connection.call(rpc("VerificationService/Verify", {
                    1: TENANT, 2: person.subject, 5: TOTP, 6: person.code(),
                    8: wire.encode({1: ["pwd"], 2: clock.milliseconds()})}))
                proof = verdict(answer, ACCEPTED, "verified").text(2)
                proven = clock.milliseconds()
                for seconds, wanted in ((days * DAY - 5, ALLOW), (days * DAY + 5, PROMPT), (-5, PROMPT)):
                    clock.advance_to(proven + seconds * 1000)
                    found = person.ask(AWAY, verification=proof).requirement
                    check(found == wanted, f"level {level}, {seconds} s later: {found}")
                clock.advance_to(proven)
        with report("row 88: where the factors that count are locked, a mailbox opens nothing"):
            other = Person(clock, connection, "carol")
            started = connection.call(rpc("EnrollmentService/StartEnrollment", {
                1: TENANT, 2: other.subject, 4: 4, 8: "carol@example.org", 12: 2}))
            message = expect(started, OK, "an e-mail address")
            verdict(connection.call(service.activate_factor(
                other.subject, message.message(1).text(1), message.text(14))), ACCEPTED, "activated")
            for wrong in service.wrong_codes(other.secret, 10):
                connection.call(service.verify(other.subject, TOTP, wrong))
            clock.advance(61)
            started = expect(connection.call(rpc("VerificationService/StartChallenge", {
                1: TENANT, 2: other.subject, 5: 4, 6: 2})), OK, "a code by e-mail")
            answer = connection.call(rpc("VerificationService/Verify", {
                1: TENANT, 2: other.subject, 5: 4, 6: started.text(3), 9: "pay"}))
            proof = verdict(answer, ACCEPTED, "the mailbox").text(2)
            for sensitivity, action, wanted in ((ORDINARY, "sign_in", PROMPT), (SENSITIVE, "pay", REQUIRE)):
                found = other.ask(AWAY, sensitivity=sensitivity, action=action, verification=proof)
                check(found.requirement == wanted, f"the mailbox stands for a factor: {found.requirement}")


RUNNING, DONE = 1, 2
INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED = 3, 7, 8
DENYING = "mfa_enforcement:\n  risk_based_prompting:\n    - every_sign_in: deny\n"


def start_rehearsal(policy, tenant=TENANT):
    return rpc("PolicyService/StartRehearsal", {1: tenant, 2: policy})


def finished(connection, started):
    """The rehearsal that began with this answer, once it has ended."""
    rehearsal = expect(started, OK, "StartRehearsal").message(1)
    while rehearsal.number(2) == RUNNING:
        rehearsal = expect(connection.call(rpc("PolicyService/GetRehearsal", {
            1: TENANT, 2: rehearsal.text(1), 3: 5_000})), OK, "GetRehearsal").message(1)
    return rehearsal


@attack
def rehearsals(report, place):
    """Those who try policies: without the right, with garbage, many at once, and while people sign in."""
    people = 3_000
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server, wire.Connection(server.address) as connection:
        engine = wire.Engine(server.address)

        def put(subject):
            expect((yield rpc("SubjectService/PutSubject", {1: TENANT, 2: subject})), OK, "PutSubject")

        engine.run((put(f"someone-{number}") for number in range(people)), at_once=64)
        with report("a policy of garbage is refused with its place, at once, and the server is as it was"):
            levels = "".join(f"\nk{level}: &a{level} [{','.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30))
            garbage = [
                "", "[", "\x00", "mfa_enforcement", "mfa_enforcement: {grace_period: soon}", "- " * 5_000, "[" * 60_000,
                "{a: " * 20_000, "#" * 200_000, f"k0: &a0 x{levels}\n? *a29\n: 1", "!!binary x: &y\n*y", "\ufeff\u2028&a b",
                "mfa_enforcement: {overrides: [" + "{actions: [a], set: {factors: [totp]}}," * 1_001 + "]}",
                "mfa_enforcement:\n  groups: [" + ",".join(f"g{number}" for number in range(1_000)) + "]\n  all_users: true"]
            begin = time.monotonic()
            for text in garbage:
                answer = connection.call(start_rehearsal(text))
                check(answer.code == INVALID_ARGUMENT and answer.reason == "INVALID_FIELD", f"{text[:40]!r}: {answer.code}")
                check("policy: " in answer.status_text and len(answer.status_text) < 1_000, answer.status_text[:200])
            check(time.monotonic() - begin < 10, "it took long")
            answer = connection.call(rpc("PolicyService/StartRehearsal", {1: TENANT, 2: b"\xff\xfe"}))
            check(answer.code == INVALID_ARGUMENT, f"status {answer.code}")
            check(connection.call(rpc("PolicyService/GetRehearsal", {1: TENANT, 2: "0" * 32})).code == 5, "found")
        with report("of many at once one runs; each that began comes to its end with everybody counted"):
            answers = []

            def begin_one():
                answers.append((yield start_rehearsal(DENYING)))

            engine.run((begin_one() for _ in range(64)), at_once=64)
            refused = [answer for answer in answers if answer.code != OK]
            check(refused and len(refused) < len(answers), f"{len(refused)} of {len(answers)} were refused")
            for answer in refused:
                expect(answer, RESOURCE_EXHAUSTED, "one too many", "TOO_MANY_REHEARSALS")
            for answer in answers:
                if answer.code == OK:
                    rehearsal = finished(connection, answer)
                    row = rehearsal.messages(13)[0]
                    counted = (rehearsal.number(2), rehearsal.number(8), row.number(5), row.message(8).number(5))
                    check(counted == (DONE, people, people, people), f"counted {counted}")
                    check(len(rehearsal.texts(19)) == 100, "more or fewer than 100 examples")
        with report("while one rehearsal follows another everybody signs in, and nothing is written but that"):
            stop, ended, faults = threading.Event(), [], []

            def rehearse():
                with wire.Connection(server.address) as own:
                    while not stop.is_set():
                        try:
                            ended.append(finished(own, own.call(start_rehearsal(DENYING))).number(2))
                        except AssertionError as fault:
                            faults.append(fault)
                            return

            before = len(rules.events(connection))
            thread = threading.Thread(target=rehearse)
            thread.start()
            step = clock.milliseconds() // 30_000
            accepted = []

            def sign_in(subject):
                secret, _ = yield from service.enroll(subject, step)
                answer = yield service.verify(subject, TOTP, totp(secret, step + 1))
                accepted.append(answer.code == OK and answer.message.number(1) == ACCEPTED)

            engine.run((sign_in(f"worker-{number}") for number in range(400)), at_once=64)
            stop.set()
            thread.join()
            check(len(accepted) == 400 and all(accepted), f"{sum(accepted)} of 400 were accepted")
            check(ended and set(ended) == {DONE} and not faults, f"rehearsals ended {ended}, {faults}")
            # Enrolled, activated, verified.
            written = len(rules.events(connection)) - before
            check(written == 3 * 400, f"{written} events for 400 people")
        with report("asking why leaves no trace: no event, no grace, and a token is as good as before"):
            person = Person(clock, connection)
            token = person.trust()
            before = len(rules.events(connection))
            why = rpc("PolicyService/ExplainEvaluation", {
                1: TENANT, 2: person.subject, 3: "sign_in", 4: ORDINARY, 5: signals(token=token, address="203.0.113.9")})
            for _ in range(3):
                answer = expect(connection.call(why), OK, "ExplainEvaluation").message(1)
                check(answer.number(1) == ALLOW and REMEMBERED in packed(answer, 2), "not remembered")
                check(answer.text(10) == "", "a token is given")
            nobody = rpc("PolicyService/ExplainEvaluation", {1: TENANT, 2: "nobody", 4: ORDINARY})
            check(connection.call(nobody).code == 5, "somebody who is not there is explained")
            check(len(rules.events(connection)) == before, "there are events of it")
            good = person.ask({"token": token, "address": "203.0.113.9"})
            check(REMEMBERED in good.reasons, "the token is used up")
        with report("a server that is stopped in the middle of a rehearsal ends at once, and in order"):
            expect(connection.call(start_rehearsal(DENYING)), OK, "StartRehearsal")
            begin = time.monotonic()
            server.stop()
            check(time.monotonic() - begin < 10, "it took long")
        engine.close()


@attack
def rehearsing_callers(report, place):
    """Callers who try policies, or ask why, without the right to."""
    authority = Authority(place.new("authority"))
    entries = "callers:\n" + authority.caller("operator", "[default]", "[administer]")
    entries += authority.caller("stranger", "[other]", "[administer]")
    entries += authority.caller("whole", '"*"', "[enroll, verify, evaluate, recover, audit, relay, assert-device]")
    with place.server(configuration=authority.server_section() + CONFIGURATION + entries) as server:

        def connect(name):
            return wire.Connection(server.address, client_context(server, authority.issue(name, spiffe(name))))

        with connect("operator") as operator, connect("stranger") as stranger, connect("whole") as whole, \
                report("row 97: without `administer`, or in another tenant, nobody rehearses, looks or asks why"):
            started = operator.call(start_rehearsal(DENYING))
            name = expect(started, OK, "StartRehearsal").message(1).text(1)
            calls = [
                start_rehearsal(DENYING), start_rehearsal("["), rpc("PolicyService/GetRehearsal", {1: TENANT, 2: name}),
                rpc("PolicyService/ExplainEvaluation", {1: TENANT, 2: "alice"})]
            for call in calls:
                expect(whole.call(call), PERMISSION_DENIED, "without the scope", "SCOPE_MISSING")
                expect(stranger.call(call), PERMISSION_DENIED, "in another tenant", "TENANT_NOT_ALLOWED")
            foreign = rpc("PolicyService/GetRehearsal", {1: "other", 2: name})
            expect(stranger.call(foreign), 5, "a rehearsal of another tenant", "REHEARSAL_NOT_FOUND")
            check(finished(operator, started).number(2) == DONE, "not done")
        server.stop()
