"""A mail server (aiosmtpd) with STARTTLS or implicit TLS and AUTH, that does every wrong thing it is told to.

Needs python3-aiosmtpd, so the interpreter is Debian's."""

import asyncio
import dataclasses
import email
import email.message
import email.policy
import logging
import os
import pathlib
import threading
import time

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, TLSSetupException

from providers import RIGHT, ProviderCertificates, Script

# It warns of what it calls itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)

START_SECONDS = 10
# Where in a conversation something happens: before the greeting, at a command, or after the end of the content.
CONNECT, MAIL, RCPT, DATA, CONTENT = "connect", "mail", "rcpt", "data", "content"
ANSWER, HANG, DROP = "answer", "hang", "drop"


@dataclasses.dataclass(frozen=True)
class Act:
    """What the server does once a conversation gets to a stage. One with a `reply` is a refusal."""

    stage: str = CONTENT
    reply: str | None = None
    ending: str = ANSWER
    # Only after the content: whether the mail is on record as taken.
    accepts: bool = True


ACCEPT = Act()
ACCEPT_THEN_DROP = Act(ending=DROP)
ACCEPT_THEN_HANG = Act(ending=HANG)


def refuse(stage: str = CONTENT, reply: str = "451 4.3.0 Try again later") -> Act:
    return Act(stage, reply, accepts=False)


def hang(stage: str = DATA) -> Act:
    """Says nothing any more, and takes nothing."""
    return Act(stage, ending=HANG, accepts=False)


def drop(stage: str = DATA) -> Act:
    """Ends the connection, and takes nothing."""
    return Act(stage, ending=DROP, accepts=False)


@dataclasses.dataclass(frozen=True)
class Mail:
    """A mail that the server took. `user` logged in; None without AUTH."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    user: str | None
    encrypted: bool

    @property
    def message(self) -> email.message.EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def text(self) -> str | None:
        return self.body("plain")

    @property
    def html(self) -> str | None:
        return self.body("html")

    def body(self, kind):
        """The decoded part, its lines ending as Python's do."""
        part = self.message.get_body((kind,))
        return None if part is None else part.get_content().replace("\r\n", "\n")


class SmtpServer:
    """Runs between `with` and its end, on a free port that it keeps when it is stopped and started again. Writes what
    became of each conversation to `smtp-server.log` in the folder.

    Without `offers_starttls`, and without implicit TLS, it invites a client to log in over plain text; those that do
    are counted in `clear_logins`."""

    def __init__(
        self, folder, certificates: ProviderCertificates, user: str = "countersign", password: str | None = None,
        implicit_tls: bool = False, offers_starttls: bool = True, requires_auth: bool = True, host: str = "localhost",
    ):
        self.folder = pathlib.Path(folder)
        self.certificates = certificates
        self.user = user
        self.password = password or os.urandom(12).hex()
        self.implicit_tls = implicit_tls
        self.offers_starttls = offers_starttls
        self.requires_auth = requires_auth
        self.host = host
        self.port = 0
        self.certificate = RIGHT
        self.script = Script(ACCEPT)
        self.mails: list[Mail] = []
        self.attempts = 0
        self.clear_logins = 0
        # Those after STARTTLS.
        self.handshake_failures: list[str] = []
        self.conversations = set()
        self.loop = self.thread = self.server = None

    def show(self, certificate: str):
        """New connections see this one of the certificates."""
        self.certificate = certificate
        # With implicit TLS the listener itself has the certificate; this ends open conversations.
        if self.implicit_tls and self.server is not None:
            self.stop()
            self.start()

    @property
    def context(self):
        return self.certificates.contexts[self.certificate]

    @property
    def open_connections(self) -> int:
        return len(self.conversations)

    def start(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        listening = self.loop.create_server(
            lambda: _Conversation(self), "127.0.0.1", self.port, backlog=1024,
            ssl=self.context if self.implicit_tls else None)
        self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result(START_SECONDS)
        self.port = self.server.sockets[0].getsockname()[1]

    def stop(self):
        """Stops at once, as a killed program does."""
        if self.server is None:
            return
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(START_SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(START_SECONDS)
        self.loop.close()
        self.server = None

    async def end(self):
        self.server.close()
        for conversation in list(self.conversations):
            conversation.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def record(self, line: str):
        with open(self.folder / "smtp-server.log", "a") as log:
            log.write(f"{time.time():.3f} {line}\n")

    # What aiosmtpd asks. Each returns the reply; the first two also do what it would have done.

    async def handle_MAIL(self, conversation, session, envelope, address, options):
        if self.requires_auth and not session.authenticated:
            return "530 5.7.0 Authentication required"
        refusal = await conversation.act(MAIL)
        if refusal is None:
            envelope.mail_from = address
        return refusal or "250 2.1.0 OK"

    async def handle_RCPT(self, conversation, session, envelope, address, options):
        refusal = await conversation.act(RCPT)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(self, conversation, session, envelope):
        self.attempts += 1
        mail = Mail(
            envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content,
            session.auth_data if session.authenticated else None, conversation.is_encrypted)
        return await conversation.act(CONTENT, mail) or "250 2.0.0 Accepted"

    async def handle_exception(self, error):
        if isinstance(error, TLSSetupException):
            self.handshake_failures.append(str(error.__cause__))
        self.record(f"error: {error.__cause__ or error}")
        return "451 4.3.0 Internal error"

    def authenticate(self, conversation, session, envelope, mechanism, login) -> AuthResult:
        if not conversation.is_encrypted:
            self.clear_logins += 1
        right = isinstance(login, LoginPassword) and login == LoginPassword(self.user.encode(), self.password.encode())
        self.record(f"AUTH {mechanism} {'accepted' if right else 'refused'}")
        return AuthResult(success=right, handled=False, auth_data=self.user)


class _Conversation(SMTP):
    def __init__(self, owner):
        self.owner = owner
        speaks_starttls = owner.offers_starttls and not owner.implicit_tls
        super().__init__(
            owner, hostname="localhost", ident="ESMTP", enable_SMTPUTF8=True, authenticator=owner.authenticate,
            tls_context=owner.context if speaks_starttls else None, require_starttls=speaks_starttls,
            # aiosmtpd knows of STARTTLS alone.
            auth_require_tls=speaks_starttls)

    @property
    def is_encrypted(self):
        return self.owner.implicit_tls or self.session.ssl is not None

    def connection_made(self, transport):
        self.owner.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error):
        self.owner.conversations.discard(self)
        super().connection_lost(error)

    async def _handle_client(self):
        # It begins with the greeting, and there is no hook before it.
        try:
            refusal = await self.act(CONNECT)
        except asyncio.CancelledError:
            self._writer.close()
            raise
        if refusal is None:
            await super()._handle_client()
        else:
            await self.push(refusal)
            self.transport.close()

    async def smtp_DATA(self, arg):
        refusal = await self.act(DATA)
        if refusal is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(refusal)

    async def act(self, stage, mail=None) -> str | None:
        """Does what the script has for this stage. A refusal to be sent, or None."""
        act = self.owner.script.next(lambda act: act.stage == stage) or Act(stage)
        if mail is not None and act.accepts:
            self.owner.mails.append(mail)
        if act != Act(stage):
            self.owner.record(f"{stage} {act.ending} {act.reply or ''}")
        if act.ending == DROP:
            self.transport.abort()
        if act.ending != ANSWER:
            # Until the connection is lost, which cancels this.
            await self.loop.create_future()
        return act.reply
