"""Does anybody get in by way of the help desk who should not, and does the person who lost everything get in?"""

import contextlib
import re
import time

import service
import wire
from attacks_on_callers import spiffe
from attacks_on_policy import REMEMBERED, SEED, Person, evaluate, packed, reload, with_policy
from certificates import Authority, client_context
from clock import Clock
from delivering import CANCELLED, RETURN_CODE
from rules import attack, expect, rpc, verdict, wait_until
from service import (
    ACCEPTED, BACKUP_CODES, EXPIRED, LOCKED, OK, RATE_LIMITED, REPLAYED, TENANT, TOTP, WRONG_CODE, check, totp)

FAILED_PRECONDITION, RESOURCE_EXHAUSTED = 9, 8
TEMPORARY_ACCESS_CODE = 8
PENDING_APPROVAL, APPROVED, REDEEMED, COMPLETED, WAS_CANCELLED, LAPSED = range(1, 7)
BY_OPERATOR, BY_VETO, BY_FACTOR, BY_FAILURES = range(1, 5)
RECOVERY_STARTED, RECOVERY_APPROVED, RECOVERY_CANCELLED, RECOVERY_REDEEMED = range(23, 27)
MINUTE, DAY = 60, 86_400
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")
WRONG = "0000-0000-0000-0000"
# What a front end and a help desk need. Without `bind-without-proof`, as a caller in plain text has it.
SCOPES = ("[enroll, verify, evaluate, recover, approve-recovery, administer, audit, return-code, assert-primary, "
          "assert-device, assert-network]")


class Town:
    """A running server with a clock that is set, and a caller with these scopes."""

    def __init__(self, server, clock, authority):
        self.server, self.clock, self.authority = server, clock, authority

    def connect(self):
        certificate = self.authority.issue("desk", spiffe("desk"))
        return wire.Connection(self.server.address, client_context(self.server, certificate))

    def desk(self):
        return Desk(self.server, self.clock, self.connect())

    def crash(self):
        self.server.kill()
        self.server.start()


@contextlib.contextmanager
def town(place, name, policy=SEED, scopes=SCOPES):
    folder = place.new(f"{name}-town")
    clock, authority = Clock(folder), Authority(folder, days=1000)
    file = folder / "policy.yaml"
    file.write_text(policy)
    configuration = (
        service.CONFIGURATION.replace("policy.yaml", str(file)) + authority.server_section()
        + "delivery:\n  outbox_folder: outbox\ncallers:\n" + authority.caller("desk", '"*"', scopes))
    with place.server(name, configuration=configuration, prefix=clock.prefix) as server:
        yield Town(server, clock, authority)
        server.stop()


class Desk:
    """A person with an authenticator app and an e-mail address, and the operators that help."""

    def __init__(self, server, clock, connection, subject=None):
        self.server, self.clock, self.connection = server, clock, connection
        self.subject = subject or service.unique("alice")
        self.email = f"{self.subject}@example.org"
        expect(self.call("SubjectService/PutSubject", {8: wire.encode({1: 1, 2: self.email})}), OK, "PutSubject")
        self.person = Person(clock, connection, self.subject)

    def call(self, method, fields, connection=None):
        return (connection or self.connection).call(rpc(method, {1: TENANT, 2: self.subject, **fields}))

    def recovery(self, method, fields, connection=None):
        return self.call(f"RecoveryService/{method}", fields, connection)

    def start(self, operator="olga"):
        answer = self.recovery("StartRecovery", {4: operator, 5: "telephone lost", 6: "HD-1"})
        return expect(answer, OK, "StartRecovery").message(1).text(1)

    def approve(self, recovery, operator="otto", returned=True):
        """The code."""
        answer = self.recovery(
            "ApproveRecovery", {4: recovery, 5: operator, 6: RETURN_CODE if returned else 0})
        return verdict(answer, ACCEPTED, "ApproveRecovery").text(4) or self.mailed("access code")

    def complete(self, code, connection=None):
        return self.recovery("CompleteRecovery", {5: code}, connection)

    def cancel(self, connection=None, **by):
        fields = {"operator": 5, "veto": 6, "proof": 7}
        return self.recovery("CancelRecovery", {fields[word]: value for word, value in by.items()}, connection)

    def shown(self):
        return expect(self.recovery("GetRecovery", {}), OK, "GetRecovery").message(1)

    def letters(self):
        """What was sent to the person's address, oldest first."""
        folder = self.server.folder / "outbox"
        texts = [path.read_text() for path in sorted(folder.glob("*.txt"))] if folder.exists() else []
        return [text for text in texts if f"to: {self.email}" in text.splitlines()]

    def mailed(self, words):
        """The code of the newest letter with these words."""
        letter = wait_until(
            lambda: next((text for text in reversed(self.letters()) if words in text), None), f"a letter: {words}")
        return CODE.search(letter).group()

    def veto(self):
        return self.mailed("stop it with this code")

    def bind(self, proof):
        """Enrolls and activates a new factor with the proof of a recovery: the answer, and the secret."""
        started = self.call("EnrollmentService/StartEnrollment", {4: TOTP, 7: proof})
        factor, secret = service.enrolled(started)
        code = totp(secret, self.clock.milliseconds() // 30_000)
        return self.call("EnrollmentService/ActivateFactor", {4: factor, 5: code}), secret

    def verify(self, kind, code, connection=None):
        return self.call("VerificationService/Verify", {5: kind, 6: code}, connection)

    def events(self):
        return expect(
            self.connection.call(rpc("AuditService/ListEvents", {1: TENANT, 3: 500, 4: self.subject})), OK,
            "ListEvents").messages(1)


def at_once(server, calls):
    """The answers to calls that are made at the same time."""
    engine = wire.Engine(server.address)
    answers = []

    def one(call):
        answers.append((call, (yield call)))

    engine.run((one(call) for call in calls), at_once=len(calls))
    engine.close()
    return answers


@attack
def recovery(report, place):
    """The whole way by two operators, and every shorter one."""
    with town(place, "whole") as here:
        server, clock, desk = here.server, here.clock, here.desk()
        old = desk.person.secret

        with report("row 75: nobody approves what they started, in no spelling, nor recovers themselves"):
            for name in (desk.subject, desk.subject.upper()):
                answer = desk.recovery("StartRecovery", {4: name, 5: "x", 6: "y"})
                expect(answer, FAILED_PRECONDITION, "the person itself", "OPERATOR_IS_SUBJECT")
            started = desk.start()
            for name in ("olga", "OLGA", " olga ", "Olga"):
                answer = desk.recovery("ApproveRecovery", {4: started, 5: name, 6: RETURN_CODE})
                expect(answer, FAILED_PRECONDITION, f"{name} approves", "SAME_OPERATOR")
            expect(desk.complete(WRONG), FAILED_PRECONDITION, "not approved", "RECOVERY_NOT_APPROVED")
            expect(
                desk.recovery("StartRecovery", {4: "otto", 5: "x", 6: "y"}), FAILED_PRECONDITION, "a second one",
                "RECOVERY_OPEN")
        with report("row 75: neither operator's answer, no event and no log line has a code; the person gets it"):
            veto = desk.veto()
            answer = desk.recovery("ApproveRecovery", {4: started, 5: "otto"})
            message = verdict(answer, ACCEPTED, "ApproveRecovery")
            check(message.text(3).endswith(".org") and not message.text(4), "the answer has a code, or no address")
            code = desk.mailed("access code")
            log = server.log.read_text()
            for text in (veto, code):
                check(text.encode() not in answer.bytes and text not in log, "a code is where it does not belong")
                for event in desk.events():
                    check(text.encode() not in event.data, "an event has a code")
        with report("row 72: the start and the approval are told, with how to object"):
            told = [letter for letter in desk.letters() if "help desk" in letter]
            check(len(told) == 2 and veto in told[0], f"{len(told)} letters")
            check(desk.shown().texts(15) == [desk.shown().texts(15)[0]], "not one channel")
        with report("the code starts a new factor; nothing ends before that is proven"):
            message = verdict(desk.complete(code.lower().replace("-", " ")), ACCEPTED, "CompleteRecovery")
            proof = message.text(2)
            check(message.message(5).number(2) == REDEEMED, "another state")
            for method, field in (("RecoveryService/GenerateBackupCodes", 4), ("PolicyService/TrustDevice", 4)):
                expect(desk.call(method, {field: proof}), FAILED_PRECONDITION, method, "PROOF_STALE")
            activation, secret = desk.bind(proof)
            message = verdict(activation, ACCEPTED, "ActivateFactor")
            check(len(message.texts(3)) == 10, "no new backup codes")
            factors = expect(desk.call("EnrollmentService/ListFactors", {}), OK, "ListFactors").messages(1)
            check(sorted(each.number(2) for each in factors) == [TOTP, BACKUP_CODES], "an old factor is left")
            clock.advance(30)
            step = clock.milliseconds() // 30_000
            verdict(desk.verify(TOTP, totp(old, step)), WRONG_CODE, "the old secret")
            verdict(desk.verify(BACKUP_CODES, desk.person.backup_codes[0]), WRONG_CODE, "an old backup code")
            verdict(desk.verify(TOTP, totp(secret, step)), ACCEPTED, "the new secret")
            expect(
                desk.call("EnrollmentService/StartEnrollment", {4: TOTP, 7: proof}), FAILED_PRECONDITION, "the proof",
                "PROOF_STALE")
            wait_until(lambda: any("was restored" in each for each in desk.letters()), "word of the new factor")
        with report("the audit says who, why, on what evidence, and how it ended"):
            acts = [(event.number(2), event.message(17)) for event in desk.events() if event.message(17).data]
            check(
                [(kind, act.number(2)) for kind, act in acts] == [
                    (RECOVERY_STARTED, PENDING_APPROVAL), (RECOVERY_APPROVED, APPROVED), (RECOVERY_REDEEMED, REDEEMED),
                    (2, COMPLETED)], f"{[(kind, act.number(2)) for kind, act in acts]}")
            check(
                [acts[0][1].text(field) for field in (4, 5, 6)] == ["olga", "telephone lost", "HD-1"]
                and acts[1][1].text(4) == "otto", "another operator, reason or evidence")


@attack
def recovery_is_stopped(report, place):
    """Objections: by the notice, by a factor, by an operator; and those of a stranger."""
    with town(place, "stopped") as here:
        with report("row 78: the code of the notice stops it at every step, nothing like it does"):
            for steps in range(3):
                desk = here.desk()
                started = desk.start()
                veto = desk.veto()
                code = desk.approve(started) if steps else WRONG
                proof = verdict(desk.complete(code), ACCEPTED, "the code").text(2) if steps == 2 else ""
                for guess in (WRONG, code, "x", desk.person.backup_codes[0]):
                    verdict(desk.cancel(veto=guess), WRONG_CODE, "no code of the notice")
                message = verdict(desk.cancel(veto=veto.lower()), ACCEPTED, "the objection").message(2)
                check((message.number(2), message.number(13)) == (WAS_CANCELLED, BY_VETO), "not cancelled")
                verdict(desk.complete(code), CANCELLED, "the code")
                verdict(desk.cancel(veto=veto), EXPIRED, "a second objection")
                if proof:
                    expect(
                        desk.call("EnrollmentService/StartEnrollment", {4: TOTP, 7: proof}), FAILED_PRECONDITION,
                        "the proof", "PROOF_STALE")
                wait_until(lambda: any("was stopped" in each for each in desk.letters()), "word of the end")
        with report("any live factor stops it; an operator's code does not"):
            desk = here.desk()
            desk.start()
            answer = desk.recovery("IssueTemporaryAccessCode", {4: "olga", 5: "x", 8: RETURN_CODE})
            access = verdict(answer, ACCEPTED, "a code of an operator's").text(4)
            verdict(desk.verify(TEMPORARY_ACCESS_CODE, access), ACCEPTED, "it signs in")
            check(desk.shown().number(2) == PENDING_APPROVAL, "an operator's code stopped it")
            verdict(desk.verify(BACKUP_CODES, desk.person.backup_codes[3]), ACCEPTED, "a backup code")
            check(desk.shown().number(13) == BY_FACTOR, "a backup code did not stop it")
            desk.start()
            desk.person.verify({})
            check(desk.shown().number(13) == BY_FACTOR, "a factor did not stop it")
        with report("an operator stops it, and whoever has just proven a factor; nobody with somebody else's proof"):
            started = desk.start()
            other = here.desk()
            expect(
                desk.cancel(proof=other.person.verified), FAILED_PRECONDITION, "another's proof", "PROOF_STALE")
            check(desk.shown().number(2) == PENDING_APPROVAL, "it was stopped")
            verdict(desk.cancel(operator="olga"), ACCEPTED, "an operator")
            check(desk.shown().number(13) == BY_OPERATOR, "not by an operator")
            expect(
                desk.recovery("ApproveRecovery", {4: started, 5: "otto", 6: RETURN_CODE}), FAILED_PRECONDITION,
                "approval of what is over", "RECOVERY_NOT_OPEN")
        with report("row 98: another subject's recovery is as unknown as none"):
            started = desk.start()
            for subject in (other.subject, service.unique("nobody")):
                answer = desk.connection.call(rpc("RecoveryService/ApproveRecovery", {
                    1: TENANT, 2: subject, 4: started, 5: "otto", 6: RETURN_CODE}))
                check(answer.code == 5, f"status {answer.code}")


@attack
def recovery_in_time(report, place):
    """Time-outs, holds and caps, under crashes and clocks that are set."""
    with town(place, "time") as here:
        clock = here.clock
        with report("it lapses at 24 hours and a minute, not at 24 hours less a minute, through a crash"):
            for minutes, wanted in ((-1, ACCEPTED), (1, EXPIRED)):
                one = here.desk()
                started = one.start()
                end = one.shown().number(4)
                clock.advance_to(end - 10 * MINUTE * 1000)
                code = one.approve(started)
                here.crash()
                one.connection = here.connect()
                clock.advance_to(end + minutes * MINUTE * 1000)
                message = verdict(one.complete(code), wanted, f"{minutes} minutes from its end")
                if wanted == EXPIRED:
                    check(one.shown().number(2) == LAPSED, "it did not lapse")
                    one.start()
                else:
                    clock.advance_to(end + MINUTE * 1000)
                    answer = one.call("EnrollmentService/StartEnrollment", {4: TOTP, 7: message.text(2)})
                    expect(answer, FAILED_PRECONDITION, "a new factor after it", "PROOF_STALE")
        with report("F7, F8: a clock that is set back prolongs nothing, and set right it is as it was"):
            one = here.desk()
            started = one.start()
            code = one.approve(started)
            clock.advance(-DAY)
            verdict(one.complete(code), EXPIRED, "before its start")
            clock.advance(2 * DAY + MINUTE)
            verdict(one.complete(code), EXPIRED, "after its end")
            clock.advance(-DAY - MINUTE)
            verdict(one.complete(code), ACCEPTED, "in its time")
    # Nothing below waits for another day, so that plain text will do.
    clock = Clock(place.folder)
    configuration, file = with_policy(place, SEED)
    with place.server(configuration=configuration, prefix=clock.prefix) as server:
        def desk():
            return Desk(server, clock, wire.Connection(server.address))

        def rule(text):
            reload(server, file, text, desk().person.ask().version)

        with report("recovery_timeout: 1_hours, and nothing else, is another end"):
            rule(SEED.replace("recovery_timeout: 24_hours", "recovery_timeout: 1_hours"))
            one = desk()
            one.start()
            check(one.shown().number(4) - one.shown().number(3) == 3_600_000, "another end")
        with report('admin_recovery: "disabled", and nothing else, lets no operator recover anybody'):
            rule(SEED.replace("verify_with_id", "disabled"))
            answer = desk().recovery("StartRecovery", {4: "olga", 5: "x", 6: "y"})
            expect(answer, FAILED_PRECONDITION, "StartRecovery", "RECOVERY_DISABLED")
        with report("max_per_year counts approvals, through crashes, and a year later begins anew"):
            rule(SEED + "    max_per_year: 2\n")
            one = desk()
            for _ in range(2):
                one.approve(one.start())
                one.cancel(operator="olga")
            server.kill()
            server.start()
            one.connection = wire.Connection(server.address)
            answer = one.recovery("StartRecovery", {4: "olga", 5: "x", 6: "y"})
            expect(answer, RESOURCE_EXHAUSTED, "a third one", "TOO_MANY_RECOVERIES")
            clock.advance(366 * DAY)
            one.start()
        server.stop()
    clock = Clock(place.new("hold"))
    configuration, _ = with_policy(place, SEED + "    hold: 3_seconds\n")
    with place.server("held", configuration=configuration, prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        with report("row 78, F8: no code counts in the hold, nor where the clock is set forward; then it does"):
            # The person's codes come from times ahead; by the end of the hold the clock is right again.
            desk = Desk(server, clock, connection)
            clock.advance(-clock.ahead_ms / 1000)
            started = desk.start()
            code = desk.approve(started)
            begin = time.monotonic()
            message = verdict(desk.complete(code), RATE_LIMITED, "in the hold")
            check(0 < message.number(4) <= 3_000, f"retry after {message.number(4)} ms")
            clock.advance(3_600)
            verdict(desk.complete(code), RATE_LIMITED, "with the clock set forward")
            clock.advance(-3_600)
            wait_until(lambda: desk.complete(code).message.number(1) == ACCEPTED, "the hold is over", 10)
            check(time.monotonic() - begin > 2.5, "the hold was short")
        with report("a letter with the code leaves when the hold is over, and not where the recovery was stopped"):
            desk = Desk(server, clock, connection)
            clock.advance(-clock.ahead_ms / 1000)
            started = desk.start()
            answer = desk.recovery("ApproveRecovery", {4: started, 5: "otto"})
            verdict(answer, ACCEPTED, "ApproveRecovery")
            check(not any("access code" in each for each in desk.letters()), "the letter is early")
            other = Desk(server, clock, connection)
            clock.advance(-clock.ahead_ms / 1000)
            verdict(
                other.recovery("ApproveRecovery", {4: other.start(), 5: "otto"}), ACCEPTED, "ApproveRecovery")
            other.cancel(operator="olga")
            desk.mailed("access code")
            time.sleep(2)
            check(not any("access code" in each for each in other.letters()), "a code left after the end")
        server.stop()


@attack
def recovery_races(report, place):
    """Everything at once: codes, guesses, objections and approvals."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server, wire.Connection(server.address) as connection:
        def complete(desk, code):
            return rpc("RecoveryService/CompleteRecovery", {1: TENANT, 2: desk.subject, 5: code})

        with report("of 64 uses of a recovery code at once one is good"):
            for _ in range(20):
                desk = Desk(server, clock, connection)
                code = desk.approve(desk.start())
                found = [answer.message.number(1) for _, answer in at_once(server, [complete(desk, code)] * 64)]
                check(found.count(ACCEPTED) == 1 and found.count(REPLAYED) == 63, f"verdicts {sorted(found)}")
        with report("row 71: of 500 guesses at once no more than five are looked at"):
            for _ in range(3):
                desk = Desk(server, clock, connection)
                code = desk.approve(desk.start())
                guesses = [complete(desk, f"0000-0000-0000-{1000 + each}") for each in range(500)]
                guesses.insert(400, complete(desk, code))
                found = [answer.message.number(1) for _, answer in at_once(server, guesses)]
                check(found.count(WRONG_CODE) <= 5, f"{found.count(WRONG_CODE)} guesses were looked at")
                looked = [each for each in desk.events() if each.number(9) == WRONG_CODE]
                check(len(looked) <= 5, f"{len(looked)} events of a wrong code")
        with report("an objection and the code at once: one of them wins, and all say the same"):
            for _ in range(30):
                desk = Desk(server, clock, connection)
                started = desk.start()
                veto, code = desk.veto(), desk.approve(started)
                cancel = rpc("RecoveryService/CancelRecovery", {1: TENANT, 2: desk.subject, 6: veto})
                at_once(server, [complete(desk, code), cancel] * 8)
                check(desk.shown().number(2) == WAS_CANCELLED, "an objection in time did not stop it")
        with report("two approvals and a stop at once leave one state, and no code that still counts"):
            for _ in range(20):
                desk = Desk(server, clock, connection)
                started = desk.start()
                approve = [rpc("RecoveryService/ApproveRecovery", {
                    1: TENANT, 2: desk.subject, 4: started, 5: name, 6: RETURN_CODE}) for name in ("otto", "oona")]
                cancel = rpc("RecoveryService/CancelRecovery", {1: TENANT, 2: desk.subject, 5: "olga"})
                answers = at_once(server, [*approve, cancel] * 2)
                check(desk.shown().number(2) == WAS_CANCELLED, "it is not cancelled")
                for _, answer in answers:
                    if answer.code == OK and answer.message.text(4):
                        verdict(desk.complete(answer.message.text(4)), CANCELLED, "a code of before the stop")
        with report("of 64 uses of a temporary access code at once as many are good as it has"):
            for uses in (1, 3, 64):
                desk = Desk(server, clock, connection)
                answer = desk.recovery("IssueTemporaryAccessCode", {4: "olga", 5: "x", 7: uses, 8: RETURN_CODE})
                access = verdict(answer, ACCEPTED, "IssueTemporaryAccessCode").text(4)
                call = service.verify(desk.subject, TEMPORARY_ACCESS_CODE, access)
                found = [answer.message.number(1) for _, answer in at_once(server, [call] * 64)]
                check(found.count(ACCEPTED) == uses, f"{found.count(ACCEPTED)} of {uses}")
        with report("an approval survives kill -9, and its retry under the same key brings the same code"):
            desk = Desk(server, clock, connection)
            started = desk.start()
            fields = {3: "key-1", 4: started, 5: "otto", 6: RETURN_CODE}
            first = verdict(desk.recovery("ApproveRecovery", fields), ACCEPTED, "ApproveRecovery").text(4)
            server.kill()
            server.start()
            with wire.Connection(server.address) as again:
                second = verdict(desk.recovery("ApproveRecovery", fields, again), ACCEPTED, "its retry").text(4)
                check(first == second, "another code")
                verdict(desk.complete(first, again), ACCEPTED, "the code")
                verdict(desk.complete(first, again), REPLAYED, "the code again")
        server.stop()


@attack
def access_codes_and_losses(report, place):
    """Codes of operators, lost devices, backup codes, and what a weak proof may change."""
    with town(place, "codes") as here:
        clock = here.clock
        with report("a temporary access code ends to the minute, through a crash, and is told and audited"):
            desk = here.desk()
            answer = desk.recovery("IssueTemporaryAccessCode", {4: "olga", 5: "phone at home", 6: 120, 7: 9})
            message = verdict(answer, ACCEPTED, "IssueTemporaryAccessCode")
            check(not message.text(4), "the operator has the code")
            access = desk.mailed("access code is")
            wait_until(lambda: any("temporary access code" in each for each in desk.letters()), "word of it")
            clock.advance(59)
            verdict(desk.verify(TEMPORARY_ACCESS_CODE, access), ACCEPTED, "in its time")
            here.crash()
            desk.connection = here.connect()
            clock.advance(62)
            answer = desk.verify(TEMPORARY_ACCESS_CODE, access)
            expect(answer, FAILED_PRECONDITION, "after its time", "NO_ACTIVE_FACTOR")
            act = next(each.message(17) for each in desk.events() if each.number(2) == 27)
            check((act.text(4), act.text(5)) == ("olga", "phone at home"), "not audited")
            for field, value in ((6, 59), (6, 604_801), (7, 101)):
                answer = desk.recovery("IssueTemporaryAccessCode", {4: "olga", 5: "x", field: value, 8: RETURN_CODE})
                check(answer.code == 3, f"field {field} = {value}: status {answer.code}")
        with report("row 73: it binds, resumes and revokes nothing beside a factor of the person's own"):
            desk = here.desk()
            answer = desk.recovery("IssueTemporaryAccessCode", {4: "olga", 5: "x", 8: RETURN_CODE})
            proof = verdict(
                desk.verify(TEMPORARY_ACCESS_CODE, answer.message.text(4)), ACCEPTED, "signed in").text(2)
            for method, fields in (
                    ("EnrollmentService/StartEnrollment", {4: TOTP, 7: proof}),
                    ("RecoveryService/GenerateBackupCodes", {4: proof})):
                expect(desk.call(method, fields), FAILED_PRECONDITION, method, "PROOF_TOO_WEAK")
        with report("row 79: a loss is reported while the factor is locked; the device proves nothing any more"):
            desk = here.desk()
            token = desk.person.trust()
            for wrong in service.wrong_codes(desk.person.secret, 10):
                locked = desk.verify(TOTP, wrong)
            verdict(desk.verify(TOTP, wrong), LOCKED, "too many failures")
            now = clock.milliseconds()
            primary = wire.encode({1: ["pwd"], 2: now})
            message = expect(desk.recovery("ReportLost", {6: primary}), OK, "ReportLost")
            check(len(message.messages(1)) == 1 and message.number(2) == 1, "not one factor and one device")
            expect(desk.verify(TOTP, desk.person.code()), FAILED_PRECONDITION, "a lost factor", "NO_ACTIVE_FACTOR")
            asked = expect(desk.connection.call(evaluate(desk.subject, {"token": token})), OK, "Evaluate")
            check(REMEMBERED not in packed(asked, 2), "the device is still remembered")
            verdict(desk.verify(BACKUP_CODES, desk.person.backup_codes[0]), ACCEPTED, "a backup code still")
            wait_until(lambda: any("reported lost" in each for each in desk.letters()), "word of it")
        with report("row 42: one sign-in spends one backup code; the next is not looked at for five minutes"):
            desk = here.desk()
            codes = desk.person.backup_codes
            first = verdict(desk.verify(BACKUP_CODES, codes[0]), ACCEPTED, "resetting a password")
            check(first.number(8) == 1, "row 70: one saved code is level 1, and no more")
            second = verdict(desk.verify(BACKUP_CODES, codes[1]), RATE_LIMITED, "then the second factor")
            check(0 < second.number(6) <= 300_000, f"retry after {second.number(6)} ms")
            here.crash()
            desk.connection = here.connect()
            verdict(desk.verify(BACKUP_CODES, codes[1]), RATE_LIMITED, "after a crash")
            clock.advance(301)
            verdict(desk.verify(BACKUP_CODES, codes[1]), ACCEPTED, "the next sign-in")
        with report("row 41: each use is told with how many are left"):
            for left in (9, 8):
                wait_until(
                    lambda: any(f"backup code was used to sign in; {left} are left" in each for each in desk.letters()),
                    f"{left} are left")
        with report("row 77: a factor that was suspended or revoked proves nothing in the moment of the answer"):
            with here.connect() as other:
                for number in range(60):
                    desk = here.desk()
                    factor = expect(
                        desk.call("EnrollmentService/ListFactors", {}), OK, "ListFactors").messages(1)[0].text(1)
                    code = desk.person.code()
                    method = "RevokeFactor" if number % 2 else "SuspendFactor"
                    expect(desk.call(f"EnrollmentService/{method}", {4: factor}), OK, method)
                    answer = desk.verify(TOTP, code, other)
                    expect(answer, FAILED_PRECONDITION, "after the answer", "NO_ACTIVE_FACTOR")
