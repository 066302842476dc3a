"""Does a message leave once, or end, whatever its provider does, and does a stranger's word on it change nothing?"""

import collections
import contextlib
import os
import pathlib
import socket
import time
import urllib.error
import urllib.request

import rules
import service
import wire
from clock import Clock
from delivering import (
    DELIVERED, FAILED, LEASE_SECONDS, MESSAGE_DELIVERY, QUEUED, SMS, TAKEN, UNKNOWN, Delivery, Enrollment, challenge,
    code_in, configuration, delivered, enroll_returning, http_section, kannel_section, number, receipts_section, start,
    start_enrollment, verify,
)
from http_provider import HttpProvider
from kannel import BEARERBOX, PHONE, SMSBOX, Kannel, free_ports
from providers import EXPIRED, RIGHT, UNKNOWN_CA, WRONG_NAME, ProviderCertificates
from rules import attack, converse, verdict, wait_until
from service import ACCEPTED, check
from web_server import (
    ACCEPT, ACCEPT_THEN_DROP, ACCEPT_THEN_HANG, REFUSE_AND_HANG, WebServer, redirect, slow, status,
)

SUBJECT = "alice"
# A look into the outbox a second, and what an attempt takes.
LOOK_SECONDS = 1.5


class Sender:
    """A subject with an ACTIVE telephone, and what became of what it is sent."""

    def __init__(self, server, clock, connection, provider, subject=SUBJECT, to=number(0)):
        self.server, self.clock, self.connection, self.provider = server, clock, connection, provider
        self.subject = subject
        self.factor = converse(connection, enroll_returning(subject, SMS, to))

    def send(self, **options):
        """A new challenge, or the same with a new code."""
        self.clock.advance(61)
        target = options or {"factor": self.factor}
        return start(self.connection, self.subject, **target).challenge

    def ends(self, asked, state):
        return delivered(self.connection, self.subject, asked.id, state)

    def attempts(self, asked):
        """What the audit says of a challenge's message, oldest first."""
        return [
            each for each in map(Delivery, (
                event for event in rules.events(self.connection) if event.number(2) == MESSAGE_DELIVERY))
            if each.challenge == asked.id]

    def verify(self, asked, code):
        return self.connection.call(verify(self.subject, asked.id, code)).message.number(1)

    def sent_code(self, at=-1):
        return code_in(self.provider.accepted[at].form["text"])

    def retry(self, seconds=1):
        """Lets the time to the next attempt pass."""
        self.clock.advance(seconds)


@attack
def provider_faults(report, place):
    """A provider that refuses, fails, asks for patience, is slow, hangs, drops, redirects, and shows wrong papers."""
    clock = Clock(place.folder)
    certificates = ProviderCertificates(place.folder / "certificates")
    with HttpProvider(place.folder / "shop", certificates) as provider, WebServer(place.folder / "elsewhere") as lure, \
            place.server(configuration=configuration(http_section(provider)), prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        sender = Sender(server, clock, connection, provider)

        @contextlib.contextmanager
        def counted(requests, accepted):
            """So many requests and messages, and no more a while later."""
            before = len(provider.requests), len(provider.accepted)
            yield
            time.sleep(LOOK_SECONDS)
            found = len(provider.requests) - before[0], len(provider.accepted) - before[1]
            check(found == (requests, accepted), f"{found} requests and messages, expected {requests} and {accepted}")

        with report("F16: a provider that fails and then accepts gets the same code twice, and has one message"):
            with counted(2, 1):
                provider.script.then(status(500))
                asked = sender.send()
                wait_until(lambda: sender.attempts(asked), "the first attempt is on record")
                sender.retry()
                sender.ends(asked, TAKEN)
                check(len({request.body for request in provider.requests[-2:]}) == 1, "two messages, two codes")
                attempts = [(each.state, each.reason) for each in sender.attempts(asked)]
                check(attempts == [(QUEUED, "HTTP_500"), (TAKEN, "")], f"the audit says {attempts}")
                last = sender.attempts(asked)[-1]
                check(
                    (last.provider, last.provider_message_id, last.cost_micros, last.attempt)
                    == ("shop", f"message-{len(provider.accepted)}", provider.price_cents * 10_000, 2),
                    f"the audit says {vars(last)}")
                check(sender.verify(asked, sender.sent_code()) == ACCEPTED, "the code was not good")

        with report("F16: a provider that is not there gets the message once it is"):
            provider.stop()
            asked = sender.send()
            wait_until(lambda: sender.attempts(asked), "the first attempt is on record")
            check(sender.attempts(asked)[0].reason == "CONNECT", f"the reason is {sender.attempts(asked)[0].reason}")
            provider.start()
            with counted(1, 1):
                sender.retry()
                sender.ends(asked, TAKEN)

        with report("F16: Retry-After is kept"):
            with counted(1, 0):
                provider.script.then(status(429, 60))
                asked = sender.send()
                wait_until(lambda: sender.attempts(asked), "the first attempt is on record")
                sender.retry(58)
            with counted(1, 1):
                sender.retry(2)
                sender.ends(asked, TAKEN)

        with report("F16: a slow answer that comes in time is one message"):
            with counted(1, 1):
                provider.script.then(slow(1))
                asked = sender.send()
                check(sender.ends(asked, TAKEN).delivery == TAKEN, "not taken")

        for what, act in {
            "drops the connection after it accepted": ACCEPT_THEN_DROP, "hangs after it accepted": ACCEPT_THEN_HANG,
            "answers when nobody waits any more": slow(30),
        }.items():
            with report(f"row 28: a provider that {what} is asked once; the state is UNKNOWN, and one code is live"):
                with counted(1, 1):
                    provider.script.then(act)
                    asked = sender.send()
                    sender.ends(asked, UNKNOWN)
                    old = sender.sent_code()
                    sender.retry(5)
                again = sender.send(resend=asked.id)
                sender.ends(again, TAKEN)
                new = sender.sent_code()
                if new != old:
                    check(sender.verify(asked, old) != ACCEPTED, "the code before the resend was good")
                check(sender.verify(asked, new) == ACCEPTED, "the code of the resend was not good")

        with report("F16: what a provider refuses for good is not sent again"):
            with counted(1, 0):
                provider.script.then(status(400))
                asked = sender.send()
                sender.ends(asked, FAILED)
                sender.retry(5)

        with report("row 101: a redirect is not followed"):
            provider.script.then(*[redirect(f"{lure.url}/send", code) for code in (301, 302, 307, 308)])
            asked = sender.send()
            for attempt, wait in enumerate((1, 2, 5, 10), start=1):
                wait_until(lambda: len(sender.attempts(asked)) == attempt, f"attempt {attempt} is on record")
                sender.retry(wait)
            sender.ends(asked, TAKEN)
            check(not lure.requests, "the other server was asked")

        for certificate in (WRONG_NAME, UNKNOWN_CA, EXPIRED):
            with report(f"F17: a provider with a certificate that is {certificate} gets nothing"):
                # Without the connections that are open.
                provider.stop()
                provider.show(certificate)
                provider.start()
                with counted(0, 0):
                    asked = sender.send()
                    wait_until(lambda: sender.attempts(asked), "the first attempt is on record")
                    check(sender.attempts(asked)[0].reason == "TLS", f"reason {sender.attempts(asked)[0].reason}")
                provider.show(RIGHT)
                with counted(1, 1):
                    sender.retry()
                    sender.ends(asked, TAKEN)

        with report("F16: a message is given up when its code is over, and never sent after that"):
            provider.script.always(status(500))
            asked = sender.send()
            wait_until(lambda: sender.attempts(asked), "the first attempt is on record")
            clock.advance_to(asked.expires_at_ms + 1000)
            provider.script.always(ACCEPT)
            with counted(0, 0):
                wait_until(lambda: sender.attempts(asked)[-1].state == FAILED, "it is given up")
        with report("row 29, F16: of all that the log has no code and no number"):
            log = server.log.read_text()
            for request in provider.requests:
                check(code_in(request.form["text"]) not in log, "a code is in the log")
            check(number(0).removeprefix("+") not in log, "the number is in the log")
            reasons = {line.get("reason") for line in rules.log_lines(server)}
            check({"HTTP_500", "TIMEOUT", "CONNECT", "TLS", "EXPIRED"} <= reasons, f"the log knows {reasons}")
            server.stop()


class Silence:
    """A provider at the other end of a line that was cut: connections stand, and nothing ever comes back."""

    certificates = None
    price_cents = 5

    def __init__(self, folder):
        self.folder = folder
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"


@attack
def cut_lines(report, place):
    """Providers and callers behind a line that was cut."""
    clock = Clock(place.folder)
    silence = Silence(place.folder / "silence")
    with place.server(configuration=configuration(http_section(silence)), prefix=clock.prefix) as server, \
            wire.Connection(server.address) as connection:
        descriptors = pathlib.Path(f"/proc/{server.process.pid}/fd")

        def sockets():
            return sum(os.readlink(each).startswith("socket:") for each in descriptors.iterdir())

        with report("F18: connections to a provider behind a cut line are given back within a minute, codes unknown"):
            # Answered, so that the count has this connection too.
            rules.events(connection)
            before = sockets()
            asked = [
                Enrollment(connection.call(start_enrollment(f"cut-{each}", SMS, number(each)))).challenge
                for each in range(30)]
            wait_until(lambda: sockets() >= before + 20, "the connections stand", seconds=60)
            for each, one in enumerate(asked):
                delivered(connection, f"cut-{each}", one.id, UNKNOWN)
            wait_until(lambda: sockets() <= before, f"{sockets()} sockets are open, {before} were", seconds=60)
        silence.listener.close()


@attack
def second_providers(report, place):
    """Two providers, of which the first does not do."""
    clock = Clock(place.folder)
    with HttpProvider(place.folder / "first") as first, HttpProvider(place.folder / "second") as second, place.server(
        configuration=configuration(http_section(first, second)), prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        sender = Sender(server, clock, connection, second)
        with report("F16: what the first provider certainly did not send the second one sends at once, both on record"):
            for code in (500, 503, 429, 401):
                first.script.then(status(code, 60))
                asked = sender.send()
                sender.ends(asked, TAKEN)
                attempts = [(each.provider, each.state, each.reason, each.attempt) for each in sender.attempts(asked)]
                expected = [("first", QUEUED, f"HTTP_{code}", 1), ("second", TAKEN, "", 1)]
                check(attempts == expected, f"the audit says {attempts}")
            first.stop()
            asked = sender.send()
            sender.ends(asked, TAKEN)
            check(sender.verify(asked, sender.sent_code()) == ACCEPTED, "the code was not good")
            first.start()
            check((len(first.accepted), len(second.accepted)) == (0, 5), "another number of messages")
        with report("row 28: what the first provider may have sent, or refused for good, the second one does not send"):
            for act, end in ((ACCEPT_THEN_DROP, UNKNOWN), (ACCEPT_THEN_HANG, UNKNOWN), (status(400), FAILED)):
                first.script.then(act)
                sender.ends(sender.send(), end)
            check(len(second.requests) == 5, "the second one was asked")
        server.stop()


def fetch(url):
    """The status of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@attack
def receipts(report, place):
    """Receipts that come twice, late, out of order, and from strangers."""
    clock = Clock(place.folder)
    port = free_ports(1)[0]
    with HttpProvider(place.folder / "shop") as provider, place.server(
        configuration=configuration(http_section(provider, receipts=True) + receipts_section(port)),
        prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        sender = Sender(server, clock, connection, provider)

        def send():
            asked = sender.send()
            sender.ends(asked, TAKEN)
            return asked, provider.accepted[-1].form["receipt"]

        def states(asked):
            return challenge(connection, SUBJECT, asked.id).delivery, len(sender.attempts(asked))

        with report("F16: a receipt makes it DELIVERED; a second one, and others after it, change nothing"):
            asked, url = send()
            for word, wanted in (
                ("sent", (TAKEN, 1)), ("delivered", (DELIVERED, 2)), ("delivered", (DELIVERED, 2)),
                ("failed", (DELIVERED, 2)), ("sent", (DELIVERED, 2)), ("delivered", (DELIVERED, 2)),
            ):
                check(fetch(f"{url}?status={word}") == 204, f"{word} was not taken")
                check(states(asked) == wanted, f"after {word}: {states(asked)}")
        with report("F16: out of order the better word stays: failed, then delivered"):
            asked, url = send()
            for word, wanted in (("failed", FAILED), ("delivered", DELIVERED)):
                check(fetch(f"{url}?status={word}") == 204, f"{word} was not taken")
                check(states(asked)[0] == wanted, f"after {word}: {states(asked)}")
        with report("F16: a receipt for a code that was replaced says nothing of its successor"):
            asked, url = send()
            sender.send(resend=asked.id)
            sender.ends(asked, TAKEN)
            check(fetch(f"{url}?status=failed") in (204, 404), "another status")
            check(states(asked)[0] == TAKEN, f"{states(asked)}")
        with report("F16: forged, cut and foreign receipts are 404, and change nothing"):
            asked, url = send()
            base, token = url.rsplit("/", 1)
            forged = {f"{token[:at]}{'A' if token[at] != 'A' else 'B'}{token[at + 1:]}" for at in range(len(token))}
            others = {
                "", "A", token[:-1], token + "A", token * 2, "A" * 128, "..%2f" + token, asked.id, "%00" + token,
                token.lower(), token.swapcase()}
            for each in forged | others - {token}:
                check(fetch(f"{base}/{each}?status=delivered") == 404, "a forged one was taken")
            for path in ("", "/", "/receipts", "/metrics"):
                check(fetch(f"http://127.0.0.1:{port}{path}?status=delivered") == 404, f"{path} was found")
            for word in ("", "DELIVERED", "1x", "delivered%00"):
                check(fetch(f"{url}?status={word}") == 400, f"{word!r} was taken")
            check(states(asked) == (TAKEN, 1), f"{states(asked)}")
            lines = rules.log_lines(server)
            check(not any(token in str(line) for line in lines), "a token is in the log")
        server.stop()


MESSAGES = 200


@attack
def gateway_killed(report, place):
    """Kannel is killed in the middle of many messages, and started again."""
    clock = Clock(place.folder)
    port = free_ports(1)[0]
    with Kannel(place.folder / "kannel") as gateway, place.server(
        configuration=configuration(
            kannel_section(gateway) + receipts_section(port) + "  max_in_flight: 2\n"), prefix=clock.prefix,
    ) as server:
        found = {}

        def enroll(index):
            found[index] = Enrollment((yield start_enrollment(f"k{index}", SMS, number(index))))

        with report(f"F16: Kannel killed in the middle of {MESSAGES} messages: each is delivered or given up, and no "
                    "phone has two codes"):
            engine = wire.Engine(server.address)
            engine.run((enroll(index) for index in range(MESSAGES // 2)), at_once=64)
            gateway.wait_for(10)
            engine.run((enroll(index) for index in range(MESSAGES // 2, MESSAGES)), at_once=64)
            # The phones' side ends with bearerbox, once it has read what it was sent.
            gateway.kill(SMSBOX, BEARERBOX)
            wait_until(lambda: not gateway.runs(PHONE), "the phones are off")
            killed_at = len(gateway.messages())
            check(killed_at < MESSAGES, "all were delivered before")
            with wire.Connection(server.address) as connection:

                def settled():
                    # What waits is due at once: Kannel is there again.
                    clock.advance(1)
                    states = collections.Counter(
                        challenge(connection, f"k{index}", each.challenge.id).delivery for index, each in found.items())
                    return states if not states[QUEUED] else None

                gateway.start()
                states = wait_until(settled, "no message waits", 60)
                check(sum(states[each] for each in (TAKEN, DELIVERED, UNKNOWN, FAILED)) == MESSAGES, f"{dict(states)}")
                sure = {
                    number(index) for index, each in found.items()
                    if challenge(connection, f"k{index}", each.challenge.id).delivery == DELIVERED}
                phones = collections.defaultdict(set)

                def all_there(messages):
                    for each in messages:
                        phones[each.to].add(code_in(each.text))
                    return sure <= phones.keys()

                gateway.wait_for(all_there)
                check(all(len(codes) == 1 for codes in phones.values()), "a phone got two codes")
                # Codes live for 300 s, and the clock went on by one a look.
                live = [index for index in found if number(index) in phones]
                for index in live:
                    code, = phones[number(index)]
                    activate = service.activate_factor(f"k{index}", found[index].factor, code)
                    verdict(connection.call(activate), ACCEPTED, "the code on a phone")
                print(f"     killed after {killed_at}; arrived {len(live)}; delivered {len(sure)}, "
                      f"taken {states[TAKEN]}, unknown {states[UNKNOWN]}, given up {states[FAILED]}")
        server.stop()


@attack
def server_killed(report, place):
    """The server is killed while messages wait, and while they are on their way."""
    clock = Clock(place.folder)
    count = 20
    patient = "      connect_timeout_seconds: 1\n      timeout_seconds: 60\n"
    with HttpProvider(place.folder / "shop") as provider, place.server(
        configuration=configuration(http_section(provider, more=patient)), prefix=clock.prefix,
    ) as server:

        def enroll(prefix, first):
            with wire.Connection(server.address) as connection:
                return {
                    f"{prefix}{index}": Enrollment(
                        connection.call(start_enrollment(f"{prefix}{index}", SMS, number(index))))
                    for index in range(first, first + count)}

        def all_sent(enrollments):
            wait_until(lambda: len(provider.accepted) >= len(enrollments), "all are sent")
            time.sleep(LOOK_SECONDS)
            check(len(provider.accepted) == len(enrollments), f"{len(provider.accepted)} messages")
            codes = {request.form["to"]: code_in(request.form["text"]) for request in provider.accepted}
            with wire.Connection(server.address) as connection:
                for subject, each in enrollments.items():
                    code = codes[number(int(subject[1:]))]
                    verdict(
                        connection.call(service.activate_factor(subject, each.factor, code)), ACCEPTED, "the code")
            provider.accepted.clear()

        with report("row 28: messages that wait outlive kill -9, and are sent once after the restart"):
            provider.script.always(status(429, 60))
            waiting = enroll("w", 0)
            with wire.Connection(server.address) as connection:
                wait_until(
                    lambda: sum(event.number(2) == MESSAGE_DELIVERY for event in rules.events(connection)) == count,
                    "all wait for their second attempt")
            server.kill()
            provider.script.always(ACCEPT)
            server.start()
            clock.advance(61)
            all_sent(waiting)
        with report("row 28: messages that were on their way at kill -9 are sent when their lease ends, not before"):
            provider.script.always(REFUSE_AND_HANG)
            before = len(provider.requests)
            leased = enroll("l", 1000)
            wait_until(lambda: len(provider.requests) >= before + count, "all are on their way")
            server.kill()
            provider.script.always(ACCEPT)
            before = len(provider.requests)
            server.start()
            clock.advance(LEASE_SECONDS - 30)
            time.sleep(LOOK_SECONDS)
            check(len(provider.requests) == before, "a message was sent by two at once")
            clock.advance(31)
            all_sent(leased)
        server.stop()
