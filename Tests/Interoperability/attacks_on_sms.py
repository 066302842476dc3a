"""Does a code by SMS prove a telephone, once, in time, to whom it was sent, and at a bounded cost?

The gateway is Kannel; where it has to misbehave, a provider of our own."""

import collections
import contextlib
import socket
import time
import urllib.error
import urllib.request

import rules
import service
import wire
from clock import Clock
from delivering import (
    ADDRESS_INTERVAL_SECONDS, BY_ADDRESS, BY_CALLER, BY_CONVERSION, BY_MONEY, BY_PREFIX, CHALLENGE_STARTED,
    CODE_LIFETIME_SECONDS, DELIVERED, DENIED, FAILED, FAILED_PRECONDITION, HAS_EXPIRED, INVALID_ARGUMENT, LEASE_SECONDS,
    MESSAGE_DELIVERY, NOT_FOUND, PENDING, PLENTY, QUEUED, SMS, TAKEN, UNKNOWN, WAS_DENIED, Delivery, Enrollment, Started,
    challenge, code_in, configuration, delivered, enroll_returning, get_challenge, number, start, start_challenge,
    start_enrollment, verify, wrong,
)
from http_provider import HttpProvider
from kannel import PHONE, SMSBOX, Kannel, free_ports
from providers import RIGHT, UNKNOWN_CA, WRONG_NAME, EXPIRED as EXPIRED_CERTIFICATE, ProviderCertificates
from rules import attack, converse, expect, verdict, wait_until
from service import ACCEPTED, EXPIRED, LOCKED, OK, RATE_LIMITED, REPLAYED, TENANT, WRONG_CODE, check
from web_server import (
    ACCEPT, ACCEPT_THEN_DROP, ACCEPT_THEN_HANG, REFUSE_AND_DROP, WebServer, redirect, slow, status,
)

SUBJECT = "alice"
# What Kannel's and our provider's configurations have besides.
TIMEOUTS = "      connect_timeout_seconds: 1\n      timeout_seconds: 2\n"


def kannel_section(gateway, receipts_port=0):
    """The `delivery:` part for a Kannel."""
    section = (
        f"  sms:\n    - preset: kannel\n      url: {gateway.url}\n      from: Gateway\n      username: {gateway.user}\n"
        f"      password: {gateway.password}\n")
    if receipts_port:
        section += (
            f"  receipts:\n    listen: 127.0.0.1:{receipts_port}\n    url: http://127.0.0.1:{receipts_port}/receipts/\n")
    return section


def http_section(*providers, more=TIMEOUTS):
    """The `delivery:` part for providers of our own, each by name."""
    section = "  sms:\n"
    for each in providers:
        section += (
            f"    - preset: http\n      name: {each.folder.name}\n      url: {each.url}/send\n"
            "      form:\n        to: \"{to}\"\n        text: \"{text}\"\n"
            "      message_id_pattern: '\"id\": \"([^\"]+)\"'\n      cost_micros:\n"
            f"        default: {each.price_cents * 10_000}\n{more}")
        if each.certificates:
            section += f"      ca: {each.certificates.ca}\n"
    return section


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
                check(connection.call(activate).message is None or
                      connection.call(activate).message.number(1) != ACCEPTED, "the first code was good twice")

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
            expect(answer(second.id, code_of_second, "bob"), NOT_FOUND, "another person's challenge", "CHALLENGE_NOT_FOUND")
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
