#!/usr/bin/python3
"""Do the providers that the tests start do what the tests believe? Talks to each with curl, smtplib and urllib.

    providers_selftest.py [WORD...]        with words, only the providers with one of them in their names

Needs kannel, kannel-extras, python3-aiosmtpd, python3-cryptography and curl; the interpreter is Debian's.
"""

import argparse
import base64
import contextlib
import email.message
import json
import smtplib
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import device
import fcm_server
import kannel
import providers
import rules
import smtp_server
import web_server
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from http_provider import HttpProvider, kannel_receipt, twilio_receipt
from providers import EXPIRED, RIGHT, UNKNOWN_CA, WRONG_NAME
from rules import wait_until
from service import check

NUMBER = "+41791234567"
IMPATIENCE_SECONDS = "0.5"
# Exit statuses of curl.
CONNECT_FAILED, TIMED_OUT, EMPTY_ANSWER, WRONG_CERTIFICATE = 7, 28, 52, 60


def curl(url, *arguments, ca=None):
    """Exit status of curl, status of the answer, and its body."""
    trust = ["--cacert", ca] if ca else []
    done = subprocess.run(
        [rules.tool("curl"), "--silent", "--write-out", "\n%{http_code}", *trust, *arguments, url],
        capture_output=True, text=True)
    body, _, code = done.stdout.rpartition("\n")
    return done.returncode, int(code), body


def expect(found, wanted, what):
    check(found == wanted, f"{what}: {found}, expected {wanted}")


def fields(values):
    """A GET's parameters, for curl."""
    return ["--get", *(part for name, value in values.items() for part in ("--data-urlencode", f"{name}={value}"))]


def try_kannel(report, place):
    """Kannel delivers to its fake phone."""
    folder = place.folder
    with kannel.Kannel(folder / "kannel") as gateway, HttpProvider(folder / "receipts") as receipts:
        def send(text, **more):
            user = {"username": gateway.user, "password": gateway.password}
            return curl(gateway.url, *fields({**user, "to": NUMBER, "text": text, **more}))

        def arrived(*texts):
            found = gateway.wait_for(len(texts))
            expect([(message.to, message.text) for message in found], [(NUMBER, text) for text in texts], "the phone")

        wide = {"coding": 2, "charset": "UTF-8"}
        sent = ["Your code is: 042137"]
        with report("Kannel: a code arrives, with its leading zero"):
            expect(send(sent[0]), (0, 202, "0: Accepted for delivery"), "sendsms")
            arrived(*sent)
        with report("Kannel: umlauts, other alphabets, lines and long texts arrive as they were"):
            for text, more in [
                ("Zürich, Öl, 5 €: 042137", {}), ("Ваш код: 042137", wide),
                ("Your code is: 042137\n\n@example.com #042137", {}), ("Grüezi! " * 40 + "042137", {}),
                ("Привет! " * 40 + "042137", wide),
            ]:
                expect(send(text, **more)[:2], (0, 202), text[:10])
                sent.append(text)
            arrived(*sent)
        with report("Kannel: a wrong password and a number that is none are refused"):
            expect(send("no", password="wrong")[1], 403, "wrong password")
            expect(send("no", to="letters")[1], 400, "wrong number")
        with report("Kannel: it reports a message as taken by the network, and as delivered"):
            send("with receipt", **{"dlr-mask": 31, "dlr-url": f"http://127.0.0.1:{receipts.port}/dlr?type=%d&to=%p"})
            sent.append("with receipt")
            wait_until(lambda: len(receipts.requests) == 2, "two delivery receipts")
            expect(
                [(request.query["type"], request.query["to"]) for request in receipts.requests],
                [("8", NUMBER), ("1", NUMBER)], "receipts")
        with report("Kannel: a phone that was away gets its messages when it is back"):
            gateway.kill(kannel.PHONE)
            wait_until(lambda: "re-connecting" in gateway.status(), "bearerbox misses the phone")
            expect(send("away")[1:], (202, "3: Queued for later delivery"), "sendsms")
            gateway.start(kannel.PHONE)
            sent.append("away")
            arrived(*sent)
        with report("Kannel: what it accepted survives kill -9 of all of it"):
            gateway.kill(kannel.PHONE)
            wait_until(lambda: "re-connecting" in gateway.status(), "bearerbox misses the phone")
            expect(send("before the kill")[1], 202, "sendsms")
            gateway.kill()
            expect(send("nobody there")[0], CONNECT_FAILED, "curl")
            gateway.start()
            wait_until(
                lambda: any(message.text == "before the kill" for message in gateway.messages()), "the message")


def send_mail(server, code="042137", recipient="someone@example.org", context=None, password=None, seconds=10):
    """A mail by smtplib, with STARTTLS or implicit TLS, and AUTH."""
    context = context or server.certificates.client_context()
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "mfa@example.org", recipient, "Ihr Code für Zürich"
    message.set_content(f"Ihr Code für Zürich: {code}\n")
    message.add_alternative(f"<p>Ihr Code für Zürich: <b>{code}</b></p>\n", subtype="html")
    if server.implicit_tls:
        client = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=seconds)
    with contextlib.closing(client):
        if not server.implicit_tls:
            client.starttls(context=context)
        client.login(server.user, password or server.password)
        client.send_message(message)


def failure(function, *arguments, **options):
    """The error that a call ends with."""
    try:
        function(*arguments, **options)
    except Exception as error:
        return error
    return None


def try_smtp(report, place):
    """The mail server takes mail, and misbehaves as told."""
    folder = place.folder
    certificates = providers.ProviderCertificates(folder / "certificates")
    for implicit in (False, True):
        way = "implicit TLS" if implicit else "STARTTLS"
        with smtp_server.SmtpServer(folder / f"smtp-{implicit}", certificates, implicit_tls=implicit) as server:
            with report(f"SMTP: a mail arrives over {way}, with its login, envelope and both of its parts"):
                send_mail(server)
                expect(len(server.mails), 1, "mails")
                mail = server.mails[0]
                expect(
                    (mail.sender, mail.recipients, mail.user, mail.encrypted),
                    ("mfa@example.org", ("someone@example.org",), server.user, True), "the envelope")
                expect(mail.text, "Ihr Code für Zürich: 042137\n", "the text")
                expect(mail.html, "<p>Ihr Code für Zürich: <b>042137</b></p>\n", "the HTML")
                expect(mail.message["Subject"], "Ihr Code für Zürich", "the subject")
            with report(f"SMTP: a certificate of a wrong name, expired or of a stranger is seen over {way}"):
                for kind in (WRONG_NAME, EXPIRED, UNKNOWN_CA):
                    server.show(kind)
                    check(isinstance(failure(send_mail, server), ssl.SSLCertVerificationError), f"{kind}: taken")
                server.show(RIGHT)
                send_mail(server)
                expect(len(server.mails), 2, "mails")
    with smtp_server.SmtpServer(folder / "smtp", certificates) as server:
        with report("SMTP: without a login, or with a wrong password, nothing is taken"):
            check(isinstance(failure(send_mail, server, password="wrong"), smtplib.SMTPAuthenticationError), "taken")
            with smtplib.SMTP(server.host, server.port, timeout=10) as client:
                expect(client.docmd("MAIL FROM:<a@example.org>")[0] // 100, 5, "MAIL before anything")
                client.starttls(context=certificates.client_context())
                client.ehlo()
                expect(client.mail("a@example.org")[0], 530, "MAIL before AUTH")
            expect(server.mails, [], "mails")
        with report("SMTP: it refuses for now and for good, at each command, and the next mail goes through"):
            for stage in (smtp_server.MAIL, smtp_server.RCPT, smtp_server.DATA, smtp_server.CONTENT):
                for reply in ("451 4.3.0 Try again later", "550 5.7.1 No"):
                    server.script.then(smtp_server.refuse(stage, reply))
                    error = failure(send_mail, server)
                    check(reply[:3] in str(error), f"{stage} {reply}: {error}")
            server.script.then(smtp_server.refuse(smtp_server.CONNECT, "421 4.3.2 Not now"))
            check("421" in str(failure(send_mail, server)), "the greeting")
            expect(server.mails, [], "mails")
            send_mail(server)
            expect(len(server.mails), 1, "mails")
        with report("SMTP: it hangs and drops at each stage, taken or not"):
            for act, kind, mails in [
                (smtp_server.hang(smtp_server.CONNECT), TimeoutError, 1),
                (smtp_server.hang(), TimeoutError, 1),
                (smtp_server.drop(), smtplib.SMTPServerDisconnected, 1),
                (smtp_server.drop(smtp_server.CONTENT), smtplib.SMTPServerDisconnected, 1),
                (smtp_server.ACCEPT_THEN_DROP, smtplib.SMTPServerDisconnected, 2),
                (smtp_server.ACCEPT_THEN_HANG, TimeoutError, 3),
            ]:
                server.script.then(act)
                error = failure(send_mail, server, seconds=float(IMPATIENCE_SECONDS))
                # smtplib says of a time-out after the greeting that the server hung up, and why.
                cause = error.__context__ or error
                check(isinstance(error, kind) or isinstance(cause, kind), f"{act}: {error!r}")
                expect(len(server.mails), mails, "mails")
            wait_until(lambda: server.open_connections == 0, "connections end")
        with report("SMTP: killed and started again it is where it was"):
            port = server.port
            server.stop()
            check(isinstance(failure(send_mail, server), ConnectionRefusedError), "something answers")
            server.start()
            expect(server.port, port, "the port")
            send_mail(server)
    with smtp_server.SmtpServer(folder / "bare", certificates, offers_starttls=False) as server:
        with report("SMTP: without STARTTLS a careful client does not log in, and a careless one is seen"):
            check(isinstance(failure(send_mail, server), smtplib.SMTPNotSupportedError), "STARTTLS is offered")
            expect(server.clear_logins, 0, "logins over plain text")
            with smtplib.SMTP(server.host, server.port, timeout=10) as client:
                client.login(server.user, server.password)
            expect(server.clear_logins, 1, "logins over plain text")


def encoded(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")


class Sender:
    """What a server that sends by FCM does, with urllib."""

    def __init__(self, server):
        self.server = server
        self.account = json.loads(server.service_account.read_text())
        self.key = serialization.load_pem_private_key(self.account["private_key"].encode(), None)
        self.token = None

    def post(self, url, body, seconds=10, **headers):
        """Status, body and headers of the answer."""
        request = urllib.request.Request(url, body, {name.replace("_", "-"): text for name, text in headers.items()})
        try:
            with urllib.request.urlopen(
                request, timeout=seconds, context=self.server.certificates.client_context()
            ) as answer:
                return answer.status, json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}"), error.headers

    def assertion(self, header=None, **changes):
        now = int(time.time())
        claims = {
            "iss": self.account["client_email"], "scope": fcm_server.SCOPE, "aud": self.account["token_uri"],
            "iat": now, "exp": now + 3600, **changes}
        signed = encoded(header or {"alg": "RS256", "typ": "JWT", "kid": self.account["private_key_id"]})
        signed += b"." + encoded(claims)
        return (signed + b"." + encoded(self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256()))).decode()

    def ask(self, assertion=None, grant_type=fcm_server.GRANT_TYPE):
        """Asks for a token; the status."""
        form = {"grant_type": grant_type, "assertion": assertion or self.assertion()}
        status, answer, _ = self.post(self.account["token_uri"], urllib.parse.urlencode(form).encode())
        if status == 200:
            self.token = answer["access_token"]
        return status

    def send(self, message=None, project=None, seconds=10, **more):
        url = f"{self.server.url}/v1/projects/{project or self.account['project_id']}/messages:send"
        body = json.dumps({"message": message or MESSAGE, **more}).encode()
        return self.post(
            url, body, seconds, Content_Type="application/json", Authorization=f"Bearer {self.token}")


MESSAGE = {
    "token": "device-1",
    "data": {"type": "MFA_CHALLENGE", "challenge": "c1", "appName": "Example App", "timestamp": "1700000000000"},
    "android": {"priority": "HIGH", "ttl": "120s"},
}


def try_fcm(report, place):
    """FCM checks what it is sent, and misbehaves as told."""
    folder = place.folder
    certificates = providers.ProviderCertificates(folder / "certificates")
    with fcm_server.FcmServer(folder / "fcm", certificates) as server:
        sender = Sender(server)
        with report("FCM: a token for a signed assertion, and a message with it"):
            expect(sender.ask(), 200, "the token")
            status, answer, _ = sender.send()
            expect((status, answer["name"].split("/")[:3]), (200, ["projects", server.project, "messages"]), "send")
            expect((server.sent, server.refused), ([MESSAGE], []), "on record")
        with report("FCM: assertions with anything wrong get no token"):
            now = int(time.time())
            other = Sender(server)
            other.key = fcm_server.rsa.generate_private_key(public_exponent=65537, key_size=2048)
            for assertion in (
                sender.assertion(iss="other@example.org"), sender.assertion(scope="https://www.googleapis.com/auth/x"),
                sender.assertion(aud="https://oauth2.googleapis.com/token"), sender.assertion(exp=now + 3601, iat=now),
                sender.assertion(exp=now - 10, iat=now - 3000), sender.assertion(iat=now + 600, exp=now + 700),
                sender.assertion(exp=None), sender.assertion({"alg": "none"}), sender.assertion({"alg": "HS256"}),
                sender.assertion({"alg": "RS256", "kid": "0"}), other.assertion(), "a.b", "a.b.c", "",
            ):
                expect(sender.ask(assertion or "-"), 400, assertion)
            expect(sender.ask(grant_type="password"), 400, "grant type")
        with report("FCM: bodies that its description does not allow are refused, with the field's name"):
            for message, field in [
                ({**MESSAGE, "data": {"timestamp": 17}}, "message.data.timestamp"),
                ({**MESSAGE, "data": {"from": "x"}}, "message.data.from"),
                ({**MESSAGE, "data": {"a": "b" * 4096}}, "message.data"),
                ({**MESSAGE, "priority": "HIGH"}, "message.priority"),
                ({**MESSAGE, "android": {"priority": "urgent"}}, "message.android.priority"),
                ({**MESSAGE, "android": {"ttl": 120}}, "message.android.ttl"),
                ({**MESSAGE, "android": {"ttl": "2419201s"}}, "message.android.ttl"),
                ({**MESSAGE, "android": {"notification": {"title": 1}}}, "message.android.notification.title"),
                ({**MESSAGE, "topic": "all"}, "message"), ({"data": {}}, "message"),
                ({**MESSAGE, "apns": {"headers": {"apns-priority": 5}}}, "message.apns.headers.apns-priority"),
            ]:
                status, answer, _ = sender.send(message)
                found = [each["field"] for each in answer["error"]["details"][0]["fieldViolations"]]
                expect((status, found), (400, [field]), field)
            expect(sender.send(unknown=1)[0], 400, "a field beside the message")
            expect(sender.send({**MESSAGE, "fcm_options": {"analytics_label": "x"}})[0], 200, "original names")
            expect(sender.send({**MESSAGE, "apns": {"payload": {"aps": {"alert": 1}}}})[0], 200, "a payload for APNs")
        with report("FCM: another project, a made-up token and one that is not good any more are refused"):
            expect(sender.send(project="other")[0], 403, "another project")
            token, sender.token = sender.token, "ya29.made-up"
            expect(sender.send()[0], 401, "made-up token")
            sender.token = token
            server.revoke_tokens()
            expect(sender.send()[0], 401, "revoked token")
            server.token_seconds = 0
            sender.ask()
            expect(sender.send()[0], 401, "expired token")
            server.token_seconds = 3600
            expect((sender.ask(), sender.send()[0]), (200, 200), "a new one")
        with report("FCM: it answers 404 UNREGISTERED, 401, 429, 500 and 503 as Google does"):
            server.script.then(
                fcm_server.UNREGISTERED, fcm_server.UNAUTHENTICATED, fcm_server.quota_exceeded(7),
                fcm_server.INTERNAL, fcm_server.unavailable(3))
            found = [sender.send() for _ in range(5)]
            expect([status for status, _, _ in found], [404, 401, 429, 500, 503], "status")
            expect(found[0][1]["error"]["details"][0]["errorCode"], "UNREGISTERED", "detail")
            expect([headers["Retry-After"] for _, _, headers in found], [None, None, "7", None, "3"], "Retry-After")
            server.dead_tokens.add("device-1")
            expect(sender.send()[0], 404, "a dead token")
            expect(sender.send({**MESSAGE, "token": "device-2"})[0], 200, "another device")
            server.dead_tokens.clear()
            server.token_script.then(web_server.status(500))
            expect((sender.ask(), sender.ask()), (500, 200), "the token endpoint")
        with report("FCM: it is slow, hangs, and drops what it took"):
            taken = len(server.sent)
            server.script.then(
                web_server.slow(0.3), web_server.slow(30), web_server.REFUSE_AND_HANG, web_server.ACCEPT_THEN_DROP)
            expect(sender.send()[0], 200, "slow")
            for what in ("slower", "hanging"):
                check(isinstance(failure(sender.send, seconds=0.3), (TimeoutError, urllib.error.URLError)), what)
            check(isinstance(failure(sender.send), (ConnectionError, urllib.error.URLError)), "dropping")
            expect(len(server.sent) - taken, 3, "messages taken")
        with report("FCM: a wrong certificate is seen"):
            for kind in (WRONG_NAME, EXPIRED, UNKNOWN_CA):
                server.show(kind)
                requests = len(server.requests)
                check(isinstance(failure(sender.send), urllib.error.URLError), kind)
                expect(len(server.requests), requests, f"{kind}: requests")


def try_http(report, place):
    """The HTTP provider misbehaves as told."""
    folder = place.folder
    certificates = providers.ProviderCertificates(folder / "certificates")
    form = ["--data-urlencode", f"To={NUMBER}", "--data-urlencode", "Body=Ihr Code für Zürich: 042137"]
    with HttpProvider(folder / "http", certificates, receipt=twilio_receipt) as server:
        def post(*more):
            return curl(f"{server.url}/Messages.json", *form, *more, ca=certificates.ca)

        with report("HTTP provider: it takes a message, counts it and what it costs"):
            exit_status, status, body = post("--user", "account:token")
            expect((exit_status, status, json.loads(body)["to"]), (0, 201, NUMBER), "answer")
            expect(server.accepted[0].form["Body"], "Ihr Code für Zürich: 042137", "the text")
            check(server.accepted[0].headers["Authorization"].startswith("Basic "), "no credentials on record")
            expect((len(server.accepted), server.cost_cents), (1, 5), "on record")
        with report("HTTP provider: refusals, redirects and huge answers; none of them costs"):
            server.script.then(
                web_server.status(400), web_server.status(429, 9), web_server.status(500),
                web_server.redirect("http://169.254.169.254/latest/meta-data"), web_server.huge(5_000_000))
            expect([post()[1] for _ in range(4)], [400, 429, 500, 307], "status")
            expect(len(post()[2]), 5_000_000, "size")
            expect(len(server.accepted), 1, "accepted")
        with report("HTTP provider: slow, byte by byte, hanging, dropping; taken or not"):
            for act, wanted, accepted in [
                (web_server.slow(0.1), 0, 1), (web_server.slow(30), TIMED_OUT, 1), (web_server.drip(0.1), TIMED_OUT, 1),
                (web_server.REFUSE_AND_HANG, TIMED_OUT, 0), (web_server.ACCEPT_THEN_HANG, TIMED_OUT, 1),
                (web_server.REFUSE_AND_DROP, None, 0), (web_server.ACCEPT_THEN_DROP, None, 1),
            ]:
                before = len(server.accepted)
                server.script.then(act)
                found = post("--max-time", IMPATIENCE_SECONDS)[0]
                check(found == wanted or wanted is None and found not in (0, TIMED_OUT), f"{act}: curl says {found}")
                expect(len(server.accepted) - before, accepted, f"{act}: accepted")
            wait_until(lambda: server.open_connections == 0, "connections end")
        with report("HTTP provider: a wrong certificate is seen, and no request gets through"):
            requests = len(server.requests)
            for kind in (WRONG_NAME, EXPIRED, UNKNOWN_CA):
                server.show(kind)
                expect(post()[0], WRONG_CERTIFICATE, kind)
            server.show(RIGHT)
            expect(len(server.requests), requests, "requests")
            # curl looks at the name after the handshake.
            wait_until(lambda: len(server.handshake_failures) == 2, "two failed handshakes")
        with report("HTTP provider: silent connections do not keep others waiting"):
            silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
            expect(post()[1], 201, "status")
            for connection in silent:
                connection.close()
        with report("HTTP provider: killed and started again it is where it was"):
            port = server.port
            server.stop()
            expect(post()[0], CONNECT_FAILED, "curl")
            server.start()
            expect((server.port, post()[1]), (port, 201), "after")
    with HttpProvider(folder / "plain", receipt=kannel_receipt) as server:
        with report("HTTP provider: it speaks plain HTTP, and answers as Kannel does"):
            found = curl(server.url, *fields({"to": NUMBER, "text": "042137"}))
            expect(found, (0, 202, "0: Accepted for delivery"), "GET")
            expect(server.accepted[0].query, {"to": NUMBER, "text": "042137"}, "on record")


def try_device(report, place):
    """The push device signs what OpenSSL verifies."""
    folder = place.folder
    uri = (
        "countersign-push://pair?v=1&factor=f1&secret=000102030405060708090a0b0c0d0e0f&app=Example%20%26%20Co"
        "&account=zo%C3%AB%40example.org&tenant=default&subject=user%2B1")
    with report("device: a pairing URI is read, and one with anything else in it is not"):
        pairing = device.parse_pairing_uri(uri)
        expect(
            pairing, device.Pairing("f1", bytes(range(16)), "Example & Co", "zoë@example.org", "default", "user+1"),
            "pairing")
        for wrong in (
            uri.replace("v=1", "v=2"), uri + "&more=1", uri + "&v=1", uri.replace("0a0b", "0A0B"),
            uri.replace("&tenant=default", ""), uri.replace("pair?", "other?"), uri.replace("%C3%AB", "%C3"),
        ):
            check(isinstance(failure(device.parse_pairing_uri, wrong), ValueError), wrong)
    phone = device.Device(name="d1")
    challenge = device.Challenge(
        "c1", "Example", "login", "Paris", "Zürich", 1_700_000_000_000, 1_700_000_120_000)
    with report("device: statements are fields with their lengths"):
        expect(
            device.statement("ü", b"\x01", -2), bytes.fromhex("00000002c3bc 0000000101 00000008fffffffffffffffe"),
            "statement")
        check(device.statement("ab", "c") != device.statement("a", "bc"), "fields flow into each other")
    with report("device: OpenSSL verifies its signatures, and none over anything else"):
        for signed, signature in [
            (device.pairing_statement(pairing, phone.public_key, "fcm", "token"),
             phone.pairing_signature(pairing, "fcm", "token")),
            (device.answer_statement("d1", challenge, device.APPROVE, "042"),
             phone.answer_signature(challenge, device.APPROVE, "042")),
            (device.list_statement("d1", 5), phone.list_signature(5)),
        ]:
            expect((len(phone.public_key), phone.public_key[0], len(signature)), (65, 4, 64), "sizes")
            check(openssl_verifies(folder, phone.public_key, signed, signature), "refused")
            check(not openssl_verifies(folder, phone.public_key, signed + b"\0", signature), "another statement")
            check(device.is_signed(phone.public_key, signed, signature), "refused here")
            check(not device.is_signed(device.Device().public_key, signed, signature), "another key")


def openssl_verifies(folder, public_key, signed, signature):
    """The command line tool, with the key and the signature in its own forms."""
    # SubjectPublicKeyInfo of a P-256 key: RFC 5480, section 2.
    prefix = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    numbers = [signature[:32].lstrip(b"\0"), signature[32:].lstrip(b"\0")]
    numbers = [b"\0" + number if number[0] >= 0x80 else number for number in numbers]
    integers = b"".join(bytes([2, len(number)]) + number for number in numbers)
    for name, content in [
        ("key.der", prefix + public_key), ("signed", signed),
        ("signature", bytes([0x30, len(integers)]) + integers),
    ]:
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [rules.tool("openssl"), "dgst", "-sha256", "-keyform", "DER", "-verify", folder / "key.der", "-signature",
         folder / "signature", folder / "signed"], capture_output=True, text=True)
    return done.stdout.strip() == "Verified OK"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="run these alone")
    options = parser.parse_args()
    chosen = [
        one for one in (try_device, try_http, try_fcm, try_smtp, try_kannel)
        if not options.words or any(word in one.__name__ for word in options.words)
    ]
    sys.exit(rules.run(chosen, "."))


if __name__ == "__main__":
    main()
