"""An HTTP/1.1 server for providers of the tests: plain or with TLS, answers as told, and everything on record."""

import contextlib
import dataclasses
import email.message
import functools
import http.server
import json
import math
import pathlib
import select
import socket
import ssl
import sys
import threading
import time
import traceback
import urllib.parse

from providers import RIGHT, ProviderCertificates, Script

LARGEST_BODY_BYTES = 10_000_000
HANDSHAKE_SECONDS = 10
ANSWER, HANG, DROP = "answer", "hang", "drop"


@dataclasses.dataclass(frozen=True)
class Request:
    """A request as received; `at` is a time.monotonic()."""

    method: str
    path: str
    query: dict[str, str]
    headers: email.message.Message
    body: bytes
    at: float

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form body."""
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self):
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(status: int, value, *headers: tuple[str, str]) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json; charset=UTF-8"), *headers))


@dataclasses.dataclass(frozen=True)
class Act:
    """What the server does with one request. With an `answer` it does not do what it was asked, and says this;
    without one it does it, and answers by itself. `ending` says what becomes of the answer."""

    answer: Answer | None = None
    delay_seconds: float = 0
    # Between two bytes of the body: an answer that never seems to be dead.
    drip_seconds: float = 0
    ending: str = ANSWER


ACCEPT = Act()
ACCEPT_THEN_DROP = Act(ending=DROP)
ACCEPT_THEN_HANG = Act(ending=HANG)
REFUSE_AND_DROP = Act(Answer(503), ending=DROP)
REFUSE_AND_HANG = Act(Answer(503), ending=HANG)


def slow(seconds: float) -> Act:
    """Accepts, and answers late."""
    return Act(delay_seconds=seconds)


def drip(seconds: float) -> Act:
    """Accepts, and answers at once but byte by byte."""
    return Act(drip_seconds=seconds)


def status(code: int, retry_after_seconds: int | None = None) -> Act:
    """Refuses."""
    headers = () if retry_after_seconds is None else (("Retry-After", str(retry_after_seconds)),)
    return Act(json_answer(code, {"error": {"code": code, "message": "as the test wants it"}}, *headers))


def redirect(location: str, code: int = 307) -> Act:
    """Refuses, and sends the caller elsewhere."""
    return Act(Answer(code, headers=(("Location", location),)))


def huge(size_bytes: int) -> Act:
    """Answers 200 with a body of this size."""
    return Act(Answer(200, b"0" * size_bytes, (("Content-Type", "application/json"),)))


class WebServer:
    """Runs between `with` and its end, on a free port that it keeps when it is stopped and started again. Writes a line
    a request, without what was in it, to `NAME.log` in the folder.

    A provider overrides `accept` and perhaps `check`, and chooses a script by `script_for`."""

    name = "web-server"

    def __init__(self, folder, certificates: ProviderCertificates | None = None, host: str = "localhost"):
        self.folder = pathlib.Path(folder)
        self.certificates = certificates
        self.host = host
        self.port = 0
        self.certificate = RIGHT
        self.script = Script(ACCEPT)
        self.lock = threading.Lock()
        self.requests: list[Request] = []
        # Without those clients that look at a certificate's name after the handshake, and then say nothing.
        self.handshake_failures: list[str] = []
        self.server = None

    def check(self, request: Request) -> Answer | None:
        """The answer to a request that is wrong in itself, which spends nothing of the script."""
        return None

    def accept(self, request: Request) -> Answer:
        """Does what is asked."""
        return Answer(204)

    def script_for(self, request: Request) -> Script:
        return self.script

    @property
    def url(self) -> str:
        return f"{'https' if self.certificates else 'http'}://{self.host}:{self.port}"

    @property
    def open_connections(self) -> int:
        return len(self.server.connections) if self.server else 0

    def show(self, certificate: str):
        """New connections see this one of the certificates."""
        self.certificate = certificate

    def start(self):
        self.server = _Listener(self)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        """Stops at once, as a killed program does: with every connection, and whatever was under way."""
        if self.server is not None:
            self.server.end()
            self.server = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def respond(self, request: Request) -> tuple[Answer, Act]:
        with self.lock:
            self.requests.append(request)
            wrong = self.check(request)
            if wrong is not None:
                return wrong, ACCEPT
            act = self.script_for(request).next()
            return act.answer or self.accept(request), act

    def record(self, line: str):
        with self.lock, open(self.folder / f"{self.name}.log", "a") as log:
            log.write(f"{time.time():.3f} {line}\n")


class _Listener(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner):
        self.owner = owner
        self.ending = threading.Event()
        self.connections = set()
        super().__init__(("127.0.0.1", owner.port), functools.partial(_Handler, owner))

    def finish_request(self, request, client_address):
        # The handshake is done here, in the connection's own thread: a client that does not shake hands must not
        # keep others waiting.
        with self.open(request):
            if self.owner.certificates is None:
                self.RequestHandlerClass(request, client_address, self)
                return
            request.settimeout(HANDSHAKE_SECONDS)
            context = self.owner.certificates.contexts[self.owner.certificate]
            try:
                wrapped = context.wrap_socket(request, server_side=True)
            except OSError as error:
                with self.owner.lock:
                    self.owner.handshake_failures.append(str(error))
                self.owner.record(f"handshake: {error}")
                return
        with wrapped, self.open(wrapped):
            wrapped.settimeout(None)
            self.RequestHandlerClass(wrapped, client_address, self)

    @contextlib.contextmanager
    def open(self, connection):
        self.connections.add(connection)
        try:
            # One that came in while the server ended.
            if self.ending.is_set():
                abandon(connection)
            yield
        finally:
            self.connections.discard(connection)

    def handle_error(self, request, client_address):
        # Anything but a client that went away is a mistake here or in the test.
        if not isinstance(sys.exc_info()[1], OSError):
            self.owner.record(traceback.format_exc())

    def end(self):
        self.ending.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            abandon(connection)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, owner, *arguments):
        self.owner = owner
        super().__init__(*arguments)

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = self.headers.get("Content-Length", "0" if self.command == "GET" else "")
        if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
            self.send_answer(Answer(411), ACCEPT)
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        request = Request(self.command, parts.path, query, self.headers, body, time.monotonic())
        answer, act = self.owner.respond(request)
        self.owner.record(f"{self.command} {parts.path} {answer.status} {act.ending}")
        if act.delay_seconds:
            self.wait(act.delay_seconds)
        if act.ending == HANG:
            self.wait(math.inf)
        if act.ending != ANSWER:
            self.close_connection = True
            abandon(self.connection)
            return
        self.send_answer(answer, act)

    do_GET = do_PUT = do_DELETE = do_POST

    def wait(self, seconds):
        """So long, or until the server is stopped or the client gives up."""
        end = time.monotonic() + seconds
        while not self.server.ending.is_set() and (left := end - time.monotonic()) > 0:
            if select.select([self.connection], [], [], min(left, 0.05))[0]:
                return

    def send_answer(self, answer, act):
        lines = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        if answer.status != 204:
            lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join([*lines, "", ""]).encode()
        if not act.drip_seconds:
            self.wfile.write(head + answer.body)
            return
        self.wfile.write(head)
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            if self.server.ending.wait(act.drip_seconds):
                return


def abandon(connection: socket.socket | ssl.SSLSocket):
    """Ends a connection without a word of TLS or HTTP."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        # The client was faster.
        pass
