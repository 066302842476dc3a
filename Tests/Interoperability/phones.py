"""A person's phone for the attacks on push: a device of device.py behind a relay.

Needs python3-cryptography, so the interpreter is Debian's."""

from delivering import PUSH, start_enrollment
from device import APPROVE, DENY, DENY_FRAUD, Challenge, Device, parse_pairing_uri
from rules import expect, rpc
from service import ACCEPTED, OK, TENANT, check
from wire import encode

DECISIONS = {APPROVE: 1, DENY: 2, DENY_FRAUD: 3}


class Phone(Device):
    """A device, and the calls that pair it and relay what it says. `milliseconds` is its clock."""

    def __init__(self, milliseconds, token="", channel="fcm"):
        super().__init__()
        self.milliseconds = milliseconds
        self.token = token
        self.channel = channel if token else ""
        self.factor = ""

    def registration(self, subject, pairing, signature=None):
        """The call that ends a pairing."""
        signed = signature or self.pairing_signature(pairing, self.channel, self.token)
        return rpc("EnrollmentService/ActivateFactor", {
            1: TENANT, 2: subject, 4: pairing.factor,
            6: encode({1: self.public_key, 2: self.channel, 3: self.token, 4: signed, 5: "Test phone"})})

    def pair(self, subject):
        """A conversation that ends with an ACTIVE factor; its backup codes."""
        message = expect((yield start_enrollment(subject, PUSH)), OK, "StartEnrollment")
        pairing = parse_pairing_uri(message.message(13).text(1))
        check(
            (pairing.factor, pairing.tenant, pairing.subject) == (message.message(1).text(1), TENANT, subject),
            "the pairing URI names another factor")
        answer = expect((yield self.registration(subject, pairing)), OK, "ActivateFactor")
        check(answer.number(1) == ACCEPTED, f"ActivateFactor: verdict {answer.number(1)}")
        self.factor, self.name = pairing.factor, answer.text(8)
        return answer.texts(3)

    def question(self, at_ms=None, signature=None, tenant=TENANT):
        """ListPendingPushes."""
        at_ms = self.milliseconds() if at_ms is None else at_ms
        return rpc("VerificationService/ListPendingPushes", {
            1: tenant, 2: self.name, 3: at_ms, 4: signature or self.list_signature(at_ms)})

    def shown(self, connection):
        """What the phone shows."""
        return shown_in(connection.call(self.question()))

    def answer(self, challenge, decision, number="", signature=None, tenant=TENANT):
        """AnswerPush."""
        return rpc("VerificationService/AnswerPush", {
            1: tenant, 2: self.name, 3: challenge.challenge_id, 4: DECISIONS[decision], 5: number,
            6: signature or self.answer_signature(challenge, decision, number)})


def shown_in(answer):
    """The challenges in an answer of ListPendingPushes."""
    return [
        Challenge(*map(push.text, range(1, 6)), push.number(6), push.number(7))
        for push in expect(answer, OK, "ListPendingPushes").messages(1)]


def device_of(message):
    """A Factor's PushDevice: paused, unreachable."""
    push = message.message(15)
    return push.number(3) == 1, push.number(4) == 1
