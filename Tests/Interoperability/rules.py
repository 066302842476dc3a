"""What the attacks of attacks.py have in common: naming what they prove, places to work in, running servers."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import service
import wire
from service import check

ATTACKS = []
PATIENCE_SECONDS = 20
PROTOS = pathlib.Path(__file__).resolve().parents[2] / "proto" / "countersign" / "v1"

# What could end a log line, steer a terminal or mislead a reader: controls, line separators, invisible and
# direction-changing characters.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Skipped(Exception):
    """This machine does not allow the attack."""


def attack(function):
    """Marks a function that attacks a server of its own; attacks.py runs it."""
    ATTACKS.append(function)
    return function


class Report:
    """Prints one line a rule."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    @contextlib.contextmanager
    def __call__(self, rule):
        """The rule holds if the block ends without an error."""
        begin = time.monotonic()
        try:
            yield
        except Skipped as reason:
            self.skipped += 1
            print(f"SKIP {rule}: {reason}", flush=True)
        except (Exception, SystemExit) as error:
            self.failed += 1
            kind = "" if isinstance(error, (AssertionError, SystemExit)) else f"{type(error).__name__}: "
            print(f"FAIL {rule}: {kind}{error}", flush=True)
        else:
            self.passed += 1
            print(f"PASS {rule} ({time.monotonic() - begin:.1f} s)", flush=True)


class Place:
    """The programs, and a folder for one attack."""

    def __init__(self, binaries, folder):
        self.binaries = pathlib.Path(binaries)
        self.folder = pathlib.Path(folder)

    def new(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    @contextlib.contextmanager
    def server(self, name="server", **options):
        """A running server; whatever happens, it is gone at the end."""
        server = service.Server(self.binaries, self.new(name), **options)
        try:
            server.start()
            yield server
        finally:
            server.kill()

    def methods(self):
        """Every RPC, as the command line lists them: {"service/method"}."""
        def listed(*arguments):
            return subprocess.run(
                [self.binaries / "countersign", "list", *arguments], check=True, capture_output=True, text=True,
            ).stdout.split()

        return {method if "/" in method else f"{name}/{method}" for name in listed() for method in listed(name)}


def run(attacks, binaries):
    """Runs attacks; the exit status."""
    report = Report()
    for one in attacks:
        with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
            try:
                one(report, Place(binaries, folder))
            except (Exception, SystemExit) as error:
                with report(f"{one.__doc__.splitlines()[0]} (its preparation)"):
                    raise error
    skipped = f", {report.skipped} skipped" if report.skipped else ""
    print(f"{report.passed} passed, {report.failed} failed{skipped}", flush=True)
    return 1 if report.failed else 0


def tool(name):
    """A program that has to be there."""
    path = shutil.which(name)
    check(path is not None, f"there is no {name}; `scripts/setup.sh test` installs it")
    return path


def wait_until(condition, what, seconds=PATIENCE_SECONDS):
    """What the condition returned, once that is true."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, f"not within {seconds} seconds: {what}")
        time.sleep(0.01)


def rpc(name, fields, metadata=()):
    """A call by its name, such as EnrollmentService/ListFactors."""
    service_name, method = name.split("/")
    if "." not in service_name:
        service_name = f"countersign.v1.{service_name}"
    return wire.Call(service_name, method, fields, metadata)


def converse(connection, conversation):
    """Runs a conversation of calls; what it returns."""
    answer = None
    while True:
        try:
            wanted = conversation.send(answer)
        except StopIteration as end:
            return end.value
        answer = connection.call(wanted)


def events(connection, tenant=service.TENANT):
    """All events of a tenant, as messages."""
    found, after = [], ""
    while True:
        answer = connection.call(service.list_events(tenant, after))
        check(answer.code == service.OK, f"ListEvents: status {answer.code} {answer.status_text}")
        page = answer.message.messages(1)
        found += page
        after = answer.message.text(2)
        if not page:
            return found


def expect(answer, code, what, reason=None):
    """A status, and its reason where one is named."""
    check(
        answer.code == code and reason in (None, answer.reason),
        f"{what}: status {answer.code} {answer.reason}, expected {code} {reason or ''}")
    return answer.message


def verdict(answer, wanted, what):
    """An OK answer with a verdict."""
    message = expect(answer, service.OK, what)
    check(message.number(1) == wanted, f"{what}: verdict {message.number(1)}, expected {wanted}")
    return message


def log_lines(server):
    """The server's log, each line of it held to being one harmless JSON object."""
    lines = []
    # What stands after the last line's end is a line that is being written just now.
    for line in server.log.read_bytes().rpartition(b"\n")[0].decode("utf-8", "strict").split("\n"):
        if not line:
            continue
        unsafe = UNSAFE.search(line)
        check(unsafe is None, f"a log line has a raw {unsafe and unsafe.group()!r}")
        check(len(line) < 20_000, f"a log line has {len(line)} characters")
        pairs = json.loads(line, object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        check(len(keys) == len(set(keys)), f"a log line says twice what it is: {keys}")
        check(keys[:3] == ["time", "level", "message"], f"a log line begins with {keys[:3]}")
        lines.append(dict(pairs))
    return lines


def resident_bytes(process):
    with open(f"/proc/{process.pid}/statm") as figures:
        return int(figures.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
