"""What the attacks on delivery have in common: the calls about challenges, what they answer, and configurations of
servers that send."""

import re

import service
import wire
from rules import expect, rpc, verdict, wait_until
from service import ACCEPTED, CONFIGURATION, OK, TENANT, check

HOTP, SMS, EMAIL, PUSH = 2, 3, 4, 5
RETURN_CODE = 2
DENIED, CANCELLED, UNSUPPORTED = 8, 9, 10
# States of a challenge, and of a message.
PENDING, APPROVED, WAS_DENIED, HAS_EXPIRED, WAS_CANCELLED = range(1, 6)
QUEUED, TAKEN, DELIVERED, FAILED, UNKNOWN = range(1, 6)
# What stands in the way of sending.
BY_ADDRESS, BY_SUBJECT, BY_CALLER, BY_PREFIX, BY_COUNTRY, BY_MONEY, BY_CONVERSION = range(1, 8)
OUTSTANDING, PAUSED, COOLING_DOWN = range(8, 11)
NOT_FOUND, FAILED_PRECONDITION = 5, 9
# Types of events.
CHALLENGE_STARTED, PUSH_ANSWERED, FRAUD_REPORTED, MESSAGE_DELIVERY = 12, 14, 15, 16
INVALID_ARGUMENT = 3

ADDRESS_INTERVAL_SECONDS = 30
# As long as a provider with a time-out of 60 seconds may take, and 15 more.
LEASE_SECONDS = 75
CODE_LIFETIME_SECONDS = 300
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")

# For attacks on anything but the rations.
PLENTY = """\
sending:
  sms_countries: [CH]
  address_per_10_minutes: 20
  subject_per_hour: 1000
  caller_per_hour: 10000000
  prefix_per_hour: 100000
  country_per_hour: 10000000
  money_per_hour_cents: 100000000
  money_per_day_cents: 100000000
  conversion_percent: 0
"""


def configuration(delivery, sending=PLENTY, verification=""):
    """A server's, with the entries of `delivery:` and further ones of `verification:`, both indented."""
    return CONFIGURATION + verification + sending + "delivery:\n" + delivery


# What a provider of our own has besides.
IMPATIENT = "      connect_timeout_seconds: 1\n      timeout_seconds: 2\n"


def kannel_section(gateway):
    """The `delivery.sms` part for a Kannel."""
    return (
        f"  sms:\n    - preset: kannel\n      url: {gateway.url}\n      from: Gateway\n      username: {gateway.user}\n"
        f"      password: {gateway.password}\n")


def http_section(*providers, more=IMPATIENT, receipts=False):
    """The `delivery.sms` part for providers of our own, by the names of their folders."""
    if receipts:
        more = "        receipt: \"{receipt_url}\"\n" + more
    section = "  sms:\n"
    for each in providers:
        section += (
            f"    - preset: http\n      name: {each.folder.name}\n      url: {each.url}/send\n      form:\n"
            f"        to: \"{{to}}\"\n        text: \"{{text}}\"\n{more}"
            "      message_id_pattern: '\"id\": \"([^\"]+)\"'\n      cost_micros:\n"
            f"        default: {each.price_cents * 10_000}\n")
        if each.certificates:
            section += f"      ca: {each.certificates.ca}\n"
    return section


def receipts_section(port):
    """The `delivery.receipts` part."""
    return f"  receipts:\n    listen: 127.0.0.1:{port}\n    url: http://127.0.0.1:{port}/receipts/\n"


def number(index):
    """Some Swiss mobile number. Ten thousand in a row share a prefix."""
    return f"+4179{index:07d}"


def code_in(text):
    """The one code in a message."""
    found = CODE.findall(text)
    check(len(found) == 1, f"a message has {len(found)} codes")
    return found[0]


def wrong(code):
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


# ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────


def start_enrollment(subject, kind, address="", returned=False, key="", tenant=TENANT, **more):
    return rpc("EnrollmentService/StartEnrollment", {
        1: tenant, 2: subject, 3: key, 4: kind, 7: more.get("proof", ""), 8: address, 9: more.get("locale", ""),
        12: RETURN_CODE if returned else 0})


def start_challenge(subject, kind=0, factor="", resend="", returned=False, tenant=TENANT, **more):
    return rpc("VerificationService/StartChallenge", {
        1: tenant, 2: subject, 3: more.get("key", ""), 4: factor, 5: kind, 6: RETURN_CODE if returned else 0,
        7: more.get("action", ""), 8: more.get("context", ""), 9: more.get("location", ""), 10: resend,
        11: more.get("locale", "")})


def get_challenge(subject, challenge, wait_ms=0, tenant=TENANT):
    return rpc("VerificationService/GetChallenge", {1: tenant, 2: subject, 3: challenge, 4: wait_ms})


def cancel_challenge(subject, challenge, tenant=TENANT):
    return rpc("VerificationService/CancelChallenge", {1: tenant, 2: subject, 4: challenge})


def verify(subject, challenge="", code="", factor="", kind=0, primary=(), primary_at_ms=0, tenant=TENANT):
    """`primary`: what the caller checked before, such as "pwd", and when."""
    fields = {1: tenant, 2: subject, 4: factor, 5: kind, 6: code, 7: challenge}
    if primary:
        fields[8] = wire.encode({1: list(primary), 2: primary_at_ms})
    return rpc("VerificationService/Verify", fields)


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────


class Challenge:
    """A countersign.v1.Challenge as received."""

    def __init__(self, message):
        self.id = message.text(1)
        self.factor = message.text(2)
        self.state = message.number(4)
        self.denial_reason = message.number(5)
        self.created_at_ms = message.number(6)
        self.expires_at_ms = message.number(7)
        self.attempts_left = message.number(8)
        self.delivery = message.number(9)
        self.masked_address = message.text(10)
        self.is_verified = message.number(12) == 1


class Started:
    """An answer of StartChallenge."""

    def __init__(self, answer, what="StartChallenge"):
        message = expect(answer, OK, what)
        self.verdict = message.number(1)
        self.challenge = Challenge(message.message(2)) if 2 in message.fields else None
        self.code = message.text(3)
        self.number = message.text(4)
        self.retry_after_ms = message.number(5)
        self.limit = message.number(6)
        self.sends_left = message.number(7)
        self.resend_after_ms = message.number(8)


class Enrollment:
    """An answer of StartEnrollment for an address. Without a factor where sending was rationed."""

    def __init__(self, answer, what="StartEnrollment"):
        message = expect(answer, OK, what)
        self.factor = message.message(1).text(1)
        self.challenge = Challenge(message.message(12))
        self.code = message.text(14)
        self.verdict = message.number(15)
        self.retry_after_ms = message.number(16)
        self.limit = message.number(17)


def challenge(connection, subject, challenge_id, wait_ms=0):
    answer = connection.call(get_challenge(subject, challenge_id, wait_ms))
    return Challenge(expect(answer, OK, "GetChallenge").message(1))


def start(connection, subject, kind=0, **options):
    """A challenge that has to start."""
    started = Started(connection.call(start_challenge(subject, kind, **options)))
    check(started.challenge is not None, f"no challenge started: verdict {started.verdict}, limit {started.limit}")
    return started


def delivered(connection, subject, challenge_id, state):
    """The challenge, once its message has come to this state."""
    return wait_until(
        lambda: (found := challenge(connection, subject, challenge_id)).delivery == state and found,
        f"the message comes to state {state}")


def enroll_returning(subject, kind, address, proof=""):
    """A conversation that ends with an ACTIVE factor whose first code the caller got: the factor's id."""
    enrollment = Enrollment((yield start_enrollment(subject, kind, address, returned=True, proof=proof)))
    check(enrollment.factor, f"not enrolled: verdict {enrollment.verdict}, limit {enrollment.limit}")
    answer = yield service.activate_factor(subject, enrollment.factor, enrollment.code)
    verdict(answer, ACCEPTED, "ActivateFactor")
    return enrollment.factor


class Delivery:
    """What a MESSAGE_DELIVERY event says."""

    def __init__(self, event):
        self.challenge = event.text(12)
        attempt = event.message(15)
        self.state = attempt.number(1)
        self.provider = attempt.text(2)
        self.provider_message_id = attempt.text(3)
        self.cost_micros = attempt.number(4)
        self.attempt = attempt.number(5)
        self.reason = attempt.text(6)
