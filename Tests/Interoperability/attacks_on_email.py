"""Does a code by e-mail reach its mailbox over a line that nobody else reads, and is it worth what it is worth?"""

import rules
import service
import wire
from clock import Clock
from delivering import (
    EMAIL, FAILED, INVALID_ARGUMENT, MESSAGE_DELIVERY, QUEUED, SMS, TAKEN, UNKNOWN, Delivery, Enrollment, code_in,
    configuration, delivered, enroll_returning, number, start, start_enrollment, verify, wrong,
)
from providers import EXPIRED, RIGHT, UNKNOWN_CA, WRONG_NAME, ProviderCertificates
from rules import attack, converse, expect, verdict, wait_until
from service import ACCEPTED, REPLAYED, TOTP, WRONG_CODE, check
from smtp_server import ACCEPT_THEN_DROP, CONTENT, RCPT, SmtpServer, refuse

SUBJECT = "alice"
ADDRESS = "alice.canary@mailbox.example"
AAL1, AAL2 = 1, 2


def email_section(mailer, security="starttls", ca=True):
    section = (
        f"  email:\n    host: localhost\n    port: {mailer.port}\n    security: {security}\n"
        f"    username: {mailer.user}\n    password: {mailer.password}\n    from: no-reply@example.org\n"
        "    from_name: Example\n    connect_timeout_seconds: 1\n    timeout_seconds: 3\n")
    return section + (f"    ca: {mailer.certificates.ca}\n" if ca else "")


class Mailbox:
    """Sends codes to a mailbox, and reads them there."""

    def __init__(self, clock, connection, mailer):
        self.clock, self.connection, self.mailer = clock, connection, mailer
        self.factor = ""

    def enroll(self):
        enrollment = Enrollment(self.connection.call(start_enrollment(SUBJECT, EMAIL, ADDRESS)))
        code = self.code(1)
        activate = service.activate_factor(SUBJECT, enrollment.factor, code)
        verdict(self.connection.call(activate), ACCEPTED, "the first code")
        self.factor = enrollment.factor
        return enrollment

    def send(self):
        self.clock.advance(61)
        return start(self.connection, SUBJECT, factor=self.factor).challenge

    def ends(self, asked, state):
        return delivered(self.connection, SUBJECT, asked.id, state)

    def code(self, count):
        """The code in the mail of this number, from 1."""
        wait_until(lambda: len(self.mailer.mails) >= count, f"mail {count} came")
        mail = self.mailer.mails[count - 1]
        check(mail.encrypted and mail.user == self.mailer.user, "the mail came in clear, or without a login")
        check(mail.recipients == (ADDRESS,), "it went to somebody else")
        in_text, in_html = code_in(mail.text), code_in(mail.html)
        check(in_text == in_html, "text and HTML have different codes")
        return in_text

    def attempts(self, asked):
        return [
            each for each in map(Delivery, (
                event for event in rules.events(self.connection) if event.number(2) == MESSAGE_DELIVERY))
            if each.challenge == asked.id]


@attack
def codes_by_email(report, place):
    """Codes by e-mail over STARTTLS and AUTH, and servers that fail or are not who they say."""
    clock = Clock(place.folder)
    certificates = ProviderCertificates(place.folder / "certificates")
    with SmtpServer(place.folder / "mail", certificates) as mailer, place.server(
        configuration=configuration(email_section(mailer)), prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        mailbox = Mailbox(clock, connection, mailer)
        with report("row 19, 20: a code by e-mail, in text and HTML, activates the mailbox, and signs in once"):
            enrollment = mailbox.enroll()
            check(ADDRESS not in enrollment.challenge.masked_address, "the answer has the address")
            asked = mailbox.send()
            mailbox.ends(asked, TAKEN)
            code = mailbox.code(2)
            verdict(connection.call(verify(SUBJECT, asked.id, wrong(code))), WRONG_CODE, "a guess")
            verdict(connection.call(verify(SUBJECT, asked.id, code)), ACCEPTED, "the code")
            verdict(connection.call(verify(SUBJECT, asked.id, code)), REPLAYED, "the code again")

        with report("F16: what a mail server refuses for now is sent again; what it refuses for good is given up"):
            for stage, reply, state in (
                (RCPT, "451 4.3.0 Try again later", TAKEN), (CONTENT, "452 4.3.1 Full", TAKEN),
                (RCPT, "550 5.1.1 Nobody here", FAILED), (CONTENT, "554 5.7.1 Spam", FAILED),
            ):
                count = len(mailer.mails)
                mailer.script.then(refuse(stage, reply))
                asked = mailbox.send()
                if state == TAKEN:
                    wait_until(lambda: mailbox.attempts(asked), "the first attempt is on record")
                    check(mailbox.attempts(asked)[0].state == QUEUED, f"after {reply}: given up")
                    clock.advance(1)
                mailbox.ends(asked, state)
                check(len(mailer.mails) == count + (state == TAKEN), f"{reply}: {len(mailer.mails) - count} mails")

        with report("row 28: a mail server that vanishes after the content is asked once; the state is UNKNOWN"):
            count = len(mailer.mails)
            mailer.script.then(ACCEPT_THEN_DROP)
            asked = mailbox.send()
            mailbox.ends(asked, UNKNOWN)
            clock.advance(5)
            check(len(mailer.mails) == count + 1, "sent more than once")

        for certificate in (WRONG_NAME, UNKNOWN_CA, EXPIRED):
            with report(f"F17: a mail server with a certificate that is {certificate} gets neither login nor mail"):
                count = len(mailer.mails)
                mailer.stop()
                mailer.show(certificate)
                mailer.start()
                asked = mailbox.send()
                wait_until(lambda: mailbox.attempts(asked), "the first attempt is on record")
                check(mailbox.attempts(asked)[0].state == QUEUED, "it was not kept")
                check(len(mailer.mails) == count, "it was sent")
                mailer.stop()
                mailer.show(RIGHT)
                mailer.start()
                clock.advance(1)
                mailbox.ends(asked, TAKEN)

        with report("row 26: e-mail after a password is one factor; an SMS is two; a TOTP after a hardware key one"):
            def worth(what, restricted=0, **proof):
                """The level that an ACCEPTED proof gives, by the words of what came before it."""
                proof = {"primary_at_ms": clock.milliseconds() - 1000, **proof}
                found = verdict(connection.call(verify(SUBJECT, **proof)), ACCEPTED, what)
                check(found.number(11) == restricted, f"{what}: restricted is {found.number(11)}")
                return found.number(8)

            for primary in (["pwd"], [], ["hwk"], ["pwd", "pin"]):
                count = len(mailer.mails)
                asked = mailbox.send()
                code = mailbox.code(count + 1)
                found = worth(f"e-mail after {primary}", primary=primary, challenge=asked.id, code=code)
                # By itself a code by e-mail proves nothing that counts.
                check(found == (AAL1 if primary else 0), f"e-mail after {primary}: level {found}")
            telephone = converse(connection, enroll_returning(SUBJECT, SMS, number(0)))
            for primary, wanted in (
                (["pwd"], AAL2), ([], AAL1), (["otp"], AAL1), (["nonsense"], AAL1), (["fpt"], AAL2),
            ):
                clock.advance(61)
                asked = start(connection, SUBJECT, factor=telephone, returned=True)
                found = worth(
                    f"SMS after {primary}", 1, primary=primary, challenge=asked.challenge.id, code=asked.code)
                check(found == wanted, f"SMS after {primary}: level {found}")
            secret = service.enrolled(connection.call(service.start_enrollment(SUBJECT)))
            for used, (primary, wanted) in enumerate((([], None), (["hwk"], AAL1), (["pwd"], AAL2))):
                clock.advance(60)
                code = service.totp(secret[1], clock.milliseconds() // 30_000)
                if not used:
                    verdict(connection.call(service.activate_factor(SUBJECT, secret[0], code)), ACCEPTED, "TOTP")
                    continue
                found = worth(f"TOTP after {primary}", primary=primary, factor=secret[0], code=code)
                check(found == wanted, f"TOTP after {primary}: level {found}")
            for age_ms in (-2000, 301_000):
                answer = connection.call(verify(
                    SUBJECT, kind=TOTP, code="000000", primary=["pwd"], primary_at_ms=clock.milliseconds() - age_ms))
                expect(answer, INVALID_ARGUMENT, f"a password of {age_ms} ms ago")
            server.stop()

    with SmtpServer(place.folder / "clear", certificates, offers_starttls=False) as mailer, place.server(
        "stripped", configuration=configuration(email_section(mailer)), prefix=clock.prefix,
    ) as server, wire.Connection(server.address) as connection:
        with report("row 101: where STARTTLS is stripped neither a login nor a mail leaves in clear"):
            enrollment = Enrollment(connection.call(start_enrollment(SUBJECT, EMAIL, ADDRESS)))
            mailbox = Mailbox(clock, connection, mailer)
            wait_until(lambda: mailbox.attempts(enrollment.challenge), "the first attempt is on record")
            check(mailer.clear_logins == 0 and not mailer.mails, "it left in clear")
        server.stop()
