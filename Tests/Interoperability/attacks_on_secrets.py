"""Is anything secret or personal readable where it must not be?"""

import base64
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

import rules
import service
import wire
from delivering import EMAIL as EMAIL_KIND, PUSH, RETURN_CODE, SMS
from device import APPROVE, parse_pairing_uri
from phones import Phone, shown_in
from rules import UNSAFE, attack, expect, rpc, verdict
from service import ACCEPTED, BACKUP_CODES, CONFIGURATION, LOCKED, OK, REPLAYED, TENANT, TOTP, WRONG_CODE, check

EMAIL = "canary.zq7@mailbox.example"
PHONE = "+4915799887766"
PERSONAL = {
    "e-mail address": EMAIL,
    "phone number": PHONE,
    "account name": "canary-account-xk3",
    "group": "canary-group-pw9",
    "first factor's name": "canary-first-factor-mb2",
    "second factor's name": "canary-second-factor-dd8",
    "new factor's name": "canary-renamed-factor-vt5",
    "account name of an enrollment": "canary-enrollment-hj6",
    "idempotency key": "canary-idempotency-ru4",
    "page token": "canary-page-token-yb1",
    "push token": "canary-push-token-nf6",
    "action": "canary-action-ld2",
    "context": "canary-context-qs9",
    "location": "canary-location-ge3",
    "device fingerprint": "canary-fingerprint-tk7",
    "place": "canary-place-uf2",
    "user agent": "canary-agent-wo5",
    "name of a device": "canary-device-sz1",
}
# So that what is sent is sealed in the outbox of the database, and does not become a file, as it does in development
# where no message has a provider.
PROVIDER = """\
delivery:
  email:
    host: 127.0.0.1
    port: 9
    security: none
    from: test@example.org
"""
# What a program, a log or a file format might make of a secret.
SHORTEST_BYTES = 6
ERASED = 11


def encodings(secret):
    """The bytes that would give a secret away in a file."""
    found = {
        secret, secret.lower(), secret.upper(), secret.hex().encode(), secret.hex().upper().encode(),
        urllib.parse.quote_from_bytes(secret).encode(),
    }
    try:
        found.add(secret.decode().encode("utf-16-le"))
    except UnicodeDecodeError:
        pass
    # Base64 and base32 look different at each place within a group; the characters that neighbours share are cut.
    for encode, bits, shifts in [
        (base64.b64encode, 6, 3), (base64.urlsafe_b64encode, 6, 3), (base64.b32encode, 5, 5),
    ]:
        for shift in range(shifts):
            text = encode(bytes(shift) + secret)
            whole = text[-(-shift * 8 // bits) : (shift + len(secret)) * 8 // bits]
            if len(whole) > SHORTEST_BYTES + 1:
                found |= {whole, whole.lower()}
    return {form for form in found if len(form) >= SHORTEST_BYTES}


class Canaries:
    """Secrets and personal data, and where they may not be."""

    def __init__(self):
        self.forms = {}

    def add(self, name, text):
        self.forms.setdefault(name, set()).update(encodings(text if isinstance(text, bytes) else text.encode()))

    def check_absent(self, data, where):
        for name, forms in self.forms.items():
            for form in forms:
                check(form not in data, f"{where} has the {name}")

    def check_files(self, folder):
        """Every file below a folder."""
        for path in files(folder):
            self.check_absent(path.read_bytes(), path.relative_to(folder))


def files(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())


class Walk:
    """A conversation that goes through every RPC with canaries in every field, and keeps all that it hears."""

    def __init__(self, connection):
        self.connection = connection
        self.canaries = Canaries()
        self.addresses = Canaries()
        self.called = set()
        self.answers = []
        self.subject = service.unique("canary")
        for name, text in PERSONAL.items():
            self.canaries.add(name, text)
        self.addresses.add("e-mail address", EMAIL)
        self.addresses.add("phone number", PHONE)

    def ask(self, name, fields, metadata=()):
        call = rpc(name, fields, metadata)
        self.called.add(name if "." in name else f"countersign.v1.{name}")
        answer = self.connection.call(call)
        self.answers.append((name, answer))
        return answer

    def mine(self, name, fields=None):
        """About the subject."""
        return self.ask(name, {1: TENANT, 2: self.subject, **(fields or {})})

    def learn_secret(self, name, base32):
        secret = base64.b32decode(base32 + "=" * (-len(base32) % 8))
        self.canaries.add(name, secret)
        self.canaries.add(name, base32)
        return base32

    def learn_codes(self, codes):
        for code in codes:
            self.canaries.add("backup code", code)
            self.canaries.add("backup code", code.replace("-", ""))
        return codes

    def totp(self, secret, step):
        code = service.totp(secret, step)
        self.canaries.add("TOTP code", code)
        return code

    def learn_proof(self, answer, field):
        proof = answer.message.text(field)
        self.canaries.add("verification id", proof)
        return proof

    def all(self):
        addresses = [wire.encode({1: 1, 2: EMAIL}), wire.encode({1: 2, 2: PHONE})]
        expect(
            self.mine("SubjectService/PutSubject", {
                3: PERSONAL["idempotency key"], 4: 1, 5: [PERSONAL["group"]], 6: PERSONAL["account name"], 7: "de",
                8: addresses,
            }), OK, "PutSubject")
        self.mine("SubjectService/GetSubject")
        self.ask("SubjectService/ListSubjects", {1: TENANT, 3: PERSONAL["page token"]})
        self.ask("SubjectService/ListSubjects", {1: TENANT})
        self.ask("SubjectService/ListFactorHealth", {1: TENANT, 3: PERSONAL["page token"], 4: 1})
        self.ask("SubjectService/ListFactorHealth", {1: TENANT})

        started = expect(
            self.mine("EnrollmentService/StartEnrollment", {
                4: TOTP, 5: PERSONAL["first factor's name"], 6: PERSONAL["account name of an enrollment"]}),
            OK, "StartEnrollment")
        factor = started.message(1).text(1)
        secret = self.learn_secret("first TOTP secret", started.message(10).text(1))
        step = service.present_step(room_seconds=10)
        activate = "EnrollmentService/ActivateFactor"
        verdict(self.mine(activate, {4: factor, 5: self.wrong(secret)}), WRONG_CODE, "a wrong activation")
        self.mine(activate, {4: factor, 5: EMAIL})
        answer = self.mine(activate, {4: factor, 5: self.totp(secret, step - 1)})
        self.learn_codes(verdict(answer, ACCEPTED, "activation").texts(3))
        self.learn_proof(answer, 6)

        self.mine("EnrollmentService/ListFactors", {3: 1})
        self.mine("EnrollmentService/GetFactor", {4: factor, 3: factor})
        self.mine("EnrollmentService/RenameFactor", {4: factor, 5: PERSONAL["new factor's name"]})

        verify = "VerificationService/Verify"
        code = self.totp(secret, step)
        proof = self.learn_proof(self.mine(verify, {5: TOTP, 6: code}), 2)
        verdict(self.mine(verify, {5: TOTP, 6: code}), REPLAYED, "a replay")
        verdict(self.mine(verify, {5: TOTP, 6: self.wrong(secret)}), WRONG_CODE, "a wrong code")
        self.mine(verify, {5: TOTP, 6: PHONE})
        self.mine(verify, {4: PERSONAL["first factor's name"], 6: code})

        generated = expect(self.mine("RecoveryService/GenerateBackupCodes", {4: proof}), OK, "GenerateBackupCodes")
        codes = self.learn_codes(generated.texts(2))
        verdict(self.mine(verify, {5: BACKUP_CODES, 6: codes[0]}), ACCEPTED, "a backup code")
        self.mine(verify, {5: BACKUP_CODES, 6: codes[0]})
        self.mine(verify, {5: BACKUP_CODES, 6: codes[1] + codes[2]})
        self.mine("RecoveryService/GetBackupCodeStatus")

        # A second factor with the other algorithm, for what ends a factor.
        started = expect(
            self.mine("EnrollmentService/StartEnrollment", {
                4: TOTP, 5: PERSONAL["second factor's name"], 7: proof, 10: wire.encode({1: 3, 2: 8})}),
            OK, "a second StartEnrollment")
        self.learn_secret("second TOTP secret", started.message(10).text(1))
        self.mine("EnrollmentService/SuspendFactor", {4: factor})
        self.mine("EnrollmentService/ResumeFactor", {4: factor, 5: proof})
        self.mine("EnrollmentService/RevokeFactor", {4: started.message(1).text(1), 5: proof})
        for _ in range(20):
            answer = self.mine(verify, {5: TOTP, 6: self.wrong(secret)})
            if answer.message.number(1) == LOCKED:
                break
        verdict(self.mine(verify, {5: TOTP, 6: self.totp(secret, step + 1)}), LOCKED, "a locked factor")
        expect(self.mine("SubjectService/UnlockFactor", {4: factor}), OK, "UnlockFactor")
        verdict(self.mine(verify, {5: TOTP, 6: self.totp(secret, step + 1)}), ACCEPTED, "an unlocked factor")
        self.messages()
        self.push()
        self.policy(secret, step + 2)
        self.recovery()
        self.ask("grpc.health.v1.Health/Check", {})
        self.ask("AuditService/ListEvents", {1: TENANT, 3: 500})
        self.mistakes(factor)

    def messages(self):
        """A telephone whose codes the caller brings by itself."""
        started = expect(
            self.mine("EnrollmentService/StartEnrollment", {4: SMS, 8: PHONE, 12: RETURN_CODE}), OK, "SMS")
        code = self.learn_code(started.text(14))
        activate = {4: started.message(1).text(1), 5: code}
        self.learn_proof(self.mine("EnrollmentService/ActivateFactor", activate), 6)
        # The same number again at once: refused, and not repeated.
        self.mine("VerificationService/StartChallenge", {5: SMS, 6: RETURN_CODE})
        self.mine("EnrollmentService/StartEnrollment", {4: SMS, 8: PHONE + ";ext=1", 12: RETURN_CODE})
        started = expect(
            self.mine("EnrollmentService/StartEnrollment", {4: EMAIL_KIND, 8: EMAIL, 12: RETURN_CODE}), OK, "e-mail")
        self.learn_code(started.text(14))
        challenge = started.message(12).text(1)
        self.mine("VerificationService/GetChallenge", {3: challenge})
        self.mine("VerificationService/CancelChallenge", {4: challenge})

    def learn_code(self, code):
        self.canaries.add("code of a message", code)
        return code

    def push(self):
        """A device that is asked, answers with a wrong number, and with the right one."""
        started = expect(self.mine("EnrollmentService/StartEnrollment", {4: PUSH}), OK, "push")
        pairing = parse_pairing_uri(started.message(13).text(1))
        self.canaries.add("pairing secret", pairing.secret)
        self.canaries.add("pairing secret", pairing.secret.hex())
        phone = Phone(lambda: int(time.time() * 1000), token=PERSONAL["push token"])
        registration = wire.encode({
            1: phone.public_key, 2: "fcm", 3: phone.token, 4: phone.pairing_signature(pairing, "fcm", phone.token)})
        answer = self.mine("EnrollmentService/ActivateFactor", {4: pairing.factor, 6: registration})
        self.learn_proof(answer, 6)
        phone.name = answer.message.text(8)
        asked = expect(
            self.mine("VerificationService/StartChallenge", {
                4: pairing.factor, 7: PERSONAL["action"], 8: PERSONAL["context"], 9: PERSONAL["location"]}),
            OK, "StartChallenge")
        now = phone.milliseconds()
        listed = self.ask(
            "VerificationService/ListPendingPushes", {1: TENANT, 2: phone.name, 3: now, 4: phone.list_signature(now)})
        shown = shown_in(listed)[0]
        for number in (EMAIL[:16], asked.text(4)):
            self.ask("VerificationService/AnswerPush", {
                1: TENANT, 2: phone.name, 3: shown.challenge_id, 4: 1, 5: number,
                6: phone.answer_signature(shown, APPROVE, number)})
        verify = self.mine("VerificationService/Verify", {7: shown.challenge_id})
        verdict(verify, ACCEPTED, "the approval")
        self.learn_proof(verify, 2)

    def policy(self, secret, step):
        """A device that is remembered, and a receipt that is spent. The action stands in the audit as it is."""
        signals = {2: PERSONAL["device fingerprint"], 3: "2001:db8:ca:0a::71", 4: PERSONAL["place"],
                   6: PERSONAL["user agent"]}
        # The code of a step to come: this conversation has spent those before.
        time.sleep(max(0, (step - 1) * service.PERIOD_SECONDS - time.time() + 1))
        answer = self.mine("VerificationService/Verify", {
            5: TOTP, 6: self.totp(secret, step), 9: "payment.create", 10: wire.encode(signals)})
        proof = self.learn_proof(answer, 2)
        receipt = verdict(answer, ACCEPTED, "a verification for an action").text(13)
        self.canaries.add("receipt", receipt)
        trusted = expect(self.mine("PolicyService/TrustDevice", {
            4: proof, 5: PERSONAL["name of a device"], 6: wire.encode(signals)}), OK, "TrustDevice")
        token = trusted.text(2)
        for _ in range(2):
            self.canaries.add("device token", token)
            answer = self.mine("PolicyService/Evaluate", {
                4: "payment.create", 5: 1, 6: wire.encode({1: token, **signals}), 7: proof})
            token = expect(answer, OK, "Evaluate").text(10)
        self.canaries.add("device token", token)
        self.mine("PolicyService/Evaluate", {4: EMAIL * 10, 6: wire.encode({1: token * 2, 2: EMAIL, 3: PHONE})})
        listed = expect(self.mine("PolicyService/ListTrustedDevices"), OK, "ListTrustedDevices").messages(1)
        self.mine("PolicyService/ForgetDevice", {4: listed[0].text(1)})
        proposed = f"mfa_enforcement: {{groups: [\"{EMAIL}\"], all_users: false}}"
        started = expect(self.ask("PolicyService/StartRehearsal", {1: TENANT, 2: proposed}), OK, "StartRehearsal")
        self.ask("PolicyService/StartRehearsal", {1: TENANT, 2: f"{EMAIL}: {PHONE}"})
        self.ask("PolicyService/GetRehearsal", {1: TENANT, 2: started.message(1).text(1), 3: 5_000})
        self.mine("PolicyService/ExplainEvaluation", {
            3: "payment.create", 4: 1, 5: wire.encode({1: token, **signals}), 6: proof})
        self.ask("VerificationService/GetReceiptKeys", {1: TENANT})
        for text, action in ((receipt, PERSONAL["action"]), (receipt[:-8], "payment.create"), (receipt, "payment.create")):
            self.ask("VerificationService/RedeemReceipt", {1: TENANT, 2: text, 3: action})

    def recovery(self):
        """A code of an operator's, a loss, and a recovery that is objected to and one whose code is shown."""
        issued = expect(self.mine("RecoveryService/IssueTemporaryAccessCode", {
            4: "olga", 5: "telephone at home", 8: RETURN_CODE}), OK, "IssueTemporaryAccessCode")
        access = self.learn_code(issued.text(4))
        self.learn_proof(self.mine("VerificationService/Verify", {5: 8, 6: access}), 2)
        self.mine("RecoveryService/ReportLost", {4: [issued.message(2).text(1)]})
        for _ in range(2):
            started = self.mine("RecoveryService/StartRecovery", {4: "olga", 5: "telephone lost", 6: "HD-1"})
            started = expect(started, OK, "StartRecovery").message(1).text(1)
            approved = self.mine("RecoveryService/ApproveRecovery", {4: started, 5: "otto", 6: RETURN_CODE})
            code = self.learn_code(expect(approved, OK, "ApproveRecovery").text(4))
            self.mine("RecoveryService/CancelRecovery", {6: code})
            self.learn_proof(self.mine("RecoveryService/CompleteRecovery", {5: code}), 2)
            self.mine("RecoveryService/GetRecovery")
            self.mine("RecoveryService/CancelRecovery", {5: "olga"})

    @staticmethod
    def wrong(secret):
        """No canary: the like of 000000 is everywhere."""
        return service.wrong_codes(secret, 1)[0]

    def mistakes(self, factor):
        """Canaries where they do not belong: does an error repeat them?"""
        for misplaced in [EMAIL, PHONE + "\r\n", PERSONAL["group"] * 100]:
            self.ask("SubjectService/GetSubject", {1: misplaced, 2: self.subject})
            self.ask("SubjectService/GetSubject", {1: TENANT, 2: misplaced + "\n"})
            self.ask("EnrollmentService/RenameFactor", {1: TENANT, 2: self.subject, 4: factor, 5: misplaced + "\n"})
            self.ask("EnrollmentService/GetFactor", {1: TENANT, 2: self.subject, 3: misplaced})
            self.ask("AuditService/ListEvents", {1: TENANT, 2: misplaced})
            self.ask("grpc.health.v1.Health/Check", {1: misplaced})
            self.connection.call(rpc(f"SubjectService/{misplaced}", {1: TENANT}))
            # A message cut in the middle of a canary.
            self.ask("SubjectService/PutSubject", wire.encode({1: TENANT, 6: misplaced})[:-3])
            self.mine("SubjectService/PutSubject", {8: [wire.encode({1: 2, 2: misplaced})]})

    def check_answers(self):
        issuing = {"EnrollmentService/StartEnrollment", "EnrollmentService/ActivateFactor",
                   "RecoveryService/GenerateBackupCodes", "VerificationService/Verify",
                   "VerificationService/StartChallenge", "PolicyService/TrustDevice", "PolicyService/Evaluate",
                   "RecoveryService/IssueTemporaryAccessCode", "RecoveryService/ApproveRecovery",
                   "RecoveryService/CompleteRecovery"}
        secrets = Canaries()
        secrets.forms = {
            name: forms for name, forms in self.canaries.forms.items()
            if name in ("first TOTP secret", "second TOTP secret", "backup code", "verification id",
                        "code of a message", "push token", "pairing secret", "device token", "receipt")
        }
        for name, answer in self.answers:
            self.addresses.check_absent(answer.bytes, f"an answer of {name}")
            if name not in issuing:
                secrets.check_absent(answer.bytes, f"an answer of {name}")
            if answer.code != OK:
                self.canaries.check_absent(answer.bytes, f"a refusal of {name}")


def sealed_states(server, scratch, subject):
    """The subject's sealed state as it is in the files now, in pieces."""
    copy = scratch / os.urandom(4).hex()
    copy.mkdir()
    for path in (server.folder / "data").glob("countersign.db*"):
        shutil.copy(path, copy)
    database = sqlite3.connect(copy / "countersign.db")
    row = database.execute("SELECT state FROM subject WHERE id = ?", [subject]).fetchone()
    database.close()
    check(row and row[0], "the subject has no state in the database")
    return [row[0][at : at + 24] for at in range(8, len(row[0]) - 24, 24)]


@attack
def secrets_and_personal_data(report, place):
    """Canaries of every kind through every RPC, then a search of all that was written."""
    scratch = place.new("scratch")
    with place.server(configuration=CONFIGURATION + PROVIDER, log_level="debug") as server:
        with wire.Connection(server.address) as connection:
            walk = Walk(connection)
            pieces = []
            walk.all()
            pieces += sealed_states(server, scratch, walk.subject)

            with report("row 92, 125: no secret and no personal data is in database, log, key ring or any other file"):
                data = b"".join(path.read_bytes() for path in files(server.folder / "data"))
                # The search would find something if there were something.
                check(walk.subject.encode() in data, "the subject's own id is not found in the database")
                walk.canaries.check_files(server.folder)
            with report("row 112, 130: no answer has a whole address, no refusal repeats what was sent"):
                walk.check_answers()
                mine = next(answer for name, answer in walk.answers if name == "SubjectService/GetSubject")
                masked = [address.text(2) for address in mine.message.message(1).messages(7)]
                check(
                    len(masked) == 2 and masked[1].endswith(PHONE[-2:]) and EMAIL.split("@")[0] not in masked[0],
                    f"masked addresses are {masked}")
            with report("row 92: a crash would leave no core file with secrets in it"):
                limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
                line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
                check(line.split()[4:6] == ["0", "0"], f"the limit is: {line}")

            before = rules.events(connection)
            expect(walk.mine("SubjectService/EraseSubject"), OK, "EraseSubject")
            with report("rows 92 to 131 walk through every RPC"):
                missing = place.methods() - walk.called
                check(not missing, f"without a canary: {sorted(missing)}")

            with report("row 131: an erased subject is unknown, its events stay, in one unbroken row to the erasure"):
                unknown = "SUBJECT_NOT_FOUND"
                expect(walk.mine("SubjectService/GetSubject"), 5, "GetSubject", unknown)
                expect(walk.mine("EnrollmentService/ListFactors"), 5, "ListFactors", unknown)
                expect(walk.ask("AuditService/ListEvents", {1: TENANT, 4: walk.subject}), 5, "its events", unknown)
                listed = walk.ask("SubjectService/ListSubjects", {1: TENANT})
                check(walk.subject.encode() not in listed.bytes, "ListSubjects has it")
                listed = walk.ask("SubjectService/ListFactorHealth", {1: TENANT})
                check(walk.subject.encode() not in listed.bytes, "ListFactorHealth has it")
                after = rules.events(connection)
                check([event.data for event in after[:-1]] == [event.data for event in before], "an event changed")
                check(after[-1].number(2) == ERASED, f"the last event is of type {after[-1].number(2)}")
                pseudonyms = {event.text(3) for event in after}
                check(len(pseudonyms) == 1, f"the events name {len(pseudonyms)} subjects")
                versions = [event.number(4) for event in after]
                check(versions == list(range(1, len(after) + 1)), f"the events have versions {versions}")
                check(walk.subject.encode() not in b"".join(event.data for event in after), "an event names it")

        server.stop()
        with report("row 94: erased means gone: neither a canary nor a piece of the sealed state is in any file"):
            vacuum = subprocess.run(server.command("vacuum"), capture_output=True, text=True)
            check(vacuum.returncode == 0, f"vacuum: status {vacuum.returncode}, {vacuum.stderr}")
            walk.canaries.check_files(server.folder)
            for path in files(server.folder):
                data = path.read_bytes()
                check(
                    not any(piece in data for piece in pieces),
                    f"{path.relative_to(server.folder)} has a piece of the sealed state")

        server.start()
        with report("row 131: after vacuum and restart the audit is whole, and who comes back is somebody new"):
            with wire.Connection(server.address) as connection:
                walk.connection = connection
                check(
                    [event.data for event in rules.events(connection)] == [event.data for event in after],
                    "the audit changed")
                again = expect(walk.mine("SubjectService/PutSubject", {4: 1}), OK, "PutSubject")
                check(again.message(1).text(9) not in pseudonyms, "the old pseudonym came back")
                check(not again.message(1).messages(7), "the old addresses came back")
                version = rules.events(connection)[-1].number(4)
                check(version > len(after) + 1, "the version goes on from the erased one's, or began anew")


# Where text of a stranger goes in, by RPC: the field, and what else the message needs.
PLACES = {
    "tenant": ("SubjectService/PutSubject", 1, {2: "someone"}),
    "subject": ("SubjectService/PutSubject", 2, {1: TENANT}),
    "idempotency_key": ("SubjectService/PutSubject", 3, {1: TENANT, 2: "someone"}),
    "groups": ("SubjectService/PutSubject", 5, {1: TENANT, 2: "someone"}),
    "subject's account_name": ("SubjectService/PutSubject", 6, {1: TENANT, 2: "someone"}),
    "locale": ("SubjectService/PutSubject", 7, {1: TENANT, 2: "someone"}),
    "factor_name": ("EnrollmentService/StartEnrollment", 5, {1: TENANT, 4: TOTP}),
    "account_name": ("EnrollmentService/StartEnrollment", 6, {1: TENANT, 4: TOTP}),
    "verification_id": ("EnrollmentService/StartEnrollment", 7, {1: TENANT, 4: TOTP}),
    "factor_id": ("EnrollmentService/GetFactor", 3, {1: TENANT, 2: "someone"}),
    "code": ("VerificationService/Verify", 6, {1: TENANT, 2: "someone", 5: TOTP}),
    "page_token": ("SubjectService/ListSubjects", 3, {1: TENANT}),
    "cursor": ("AuditService/ListEvents", 2, {1: TENANT}),
    "health service": ("grpc.health.v1.Health/Check", 1, {}),
}
POISONS = {
    "line breaks": 'x\r\n{"level":"critical","message":"forged"}',
    "ANSI escapes": "\x1b[2J\x1b]0;owned\x07",
    "C1 escapes": "\x9b31mred",
    "bidi overrides": "invoice\u202efdp.exe\u2066\u200b",
    "line separators": "one\u2028two\u2029three",
    "NUL": "before\0after",
    "JSON breakers": '"}],"level":"critical","x":{"\\',
    "100 kB": "x" * 100_000,
}
# INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION: the caller's mistake, not our trouble.
REFUSALS = {3, 5, 9}


@attack
def log_injection(report, place):
    """Text that forges log lines, steers terminals or misleads readers, wherever text goes in."""
    with place.server(log_level="debug") as server, wire.Connection(server.address) as connection:
        with report("row 127: poisoned text is refused as a caller's mistake, or comes back unharmed; never echoed"):
            for poison_name, poison in POISONS.items():
                for place_name, (method, field, rest) in PLACES.items():
                    what = f"{poison_name} in {place_name}"
                    fields = {2: service.unique("poisoned"), **rest} if rest.get(4) else dict(rest)
                    answer = connection.call(rpc(method, {**fields, field: poison}))
                    if answer.code != OK:
                        check(answer.code in REFUSALS, f"{what}: status {answer.code} {answer.reason}")
                        check(poison[:12].encode() not in answer.bytes, f"{what}: the refusal repeats it")
                    elif place_name == "factor_name":
                        listed = expect(connection.call(service.list_factors(fields[2])), OK, what)
                        check(listed.message(1).text(4) == poison, f"{what}: came back as another name")
                    elif place_name == "subject":
                        found = expect(
                            connection.call(rpc("SubjectService/GetSubject", {1: TENANT, 2: poison})), OK, what)
                        check(found.message(1).text(2) == poison, f"{what}: came back as another subject")
                for name in (f"countersign.v1.{poison}", poison):
                    answer = connection.call(wire.Call(name, "Verify", {}))
                    check(answer.code == 12, f"{poison_name} as a service: status {answer.code}")
                    answer = connection.call(wire.Call("countersign.v1.VerificationService", name, {}))
                    check(answer.code == 12, f"{poison_name} as a method: status {answer.code}")

        with report("row 127: the audit has a caller's request id unharmed, or one that the server made"):
            for poison_name, poison in [*POISONS.items(), ("harmless", "request-1")]:
                for key in ("x-request-id", "traceparent", poison):
                    subject = service.unique("requested")
                    put = rpc("SubjectService/PutSubject", {1: TENANT, 2: subject}, metadata=[(key, poison)])
                    expect(connection.call(put), OK, f"{poison_name} as {key[:20]!r}")
                    event = rules.events(connection)[-1]
                    kept = key == "x-request-id" and poison.isascii() and poison.isprintable() and len(poison) <= 64
                    if kept:
                        check(event.text(6) == poison, f"{poison_name}: the audit has {event.text(6)!r}")
                    else:
                        check(
                            UNSAFE.search(event.text(6)) is None and 0 < len(event.text(6)) <= 22,
                            f"{poison_name}: the audit has {event.text(6)!r}")

        server.stop()
        with report("row 89: a sealed state moved to another row does not open, and the log raises the alarm"):
            poisoned = "invoice\u202efdp.exe\u2066\u200b"
            path = server.folder / "data" / "countersign.db"
            server.start()
            with wire.Connection(server.address) as again:
                secret, _ = rules.converse(again, service.enroll("attacker", service.present_step()))
                rules.converse(again, service.enroll("victim", service.present_step()))
                rules.converse(again, service.enroll(poisoned + "2", service.present_step()))
            server.stop()
            with sqlite3.connect(path) as database:
                version, state = database.execute(
                    "SELECT version, state FROM subject WHERE id = 'attacker'").fetchone()
                for victim in ("victim", poisoned + "2"):
                    database.execute(
                        "UPDATE subject SET version = ?, state = ? WHERE id = ?", [version, state, victim])
            database.close()
            server.start()
            with wire.Connection(server.address) as again:
                code = service.totp(secret, service.present_step() + 1)
                for victim in ("victim", poisoned + "2"):
                    expect(again.call(service.verify(victim, TOTP, code)), 15, "the attacker's code for the victim")
                verdict(again.call(service.verify("attacker", TOTP, code)), ACCEPTED, "the attacker's own account")
            alarms = [line for line in rules.log_lines(server) if line["level"] == "critical"]
            check(len(alarms) == 2, f"{len(alarms)} alarms")

        with report("row 127: every line of the log is one JSON object without a raw control character"):
            lines = rules.log_lines(server)
            check(len(lines) > 3, f"the log has {len(lines)} lines")
            check(not any(line["message"] == "forged" for line in lines), "a line was forged")
