"""Kannel, a text message gateway that nobody here wrote, with its own fake of a network behind it: what leaves by
`sendsms` is read where it arrives, on the side of the phone.

    with Kannel(folder) as kannel:
        urllib.request.urlopen(f"{kannel.url}?{kannel.credentials}&to=%2B41791234567&text=hello")
        kannel.wait_for(1)                       # [Message("Gateway", "+41791234567", "hello")]

Its parts can be killed and started while others run: bearerbox keeps what smsbox handed over and the phone has not
got in a file. What Kannel does that callers have to know:

  * smsbox answers 202 with "0: Accepted for delivery", and with "3: Queued for later delivery" while the phone is
    away. A refusal is 400 or 403 with a sentence.
  * Text of the characters that GSM 03.38 lacks needs coding=2 and charset=UTF-8; otherwise it arrives as "??".
  * With dlr-mask and dlr-url it calls that URL: type 8 (the network took it), then 1 (delivered). Both come at once.
  * Without its bearerbox smsbox takes no requests, and looks for it every ten seconds, so restart() starts all parts.
  * An smsbox that gets a request before it has found its bearerbox dies of it; start() starts it anew, as the program
    that Debian starts it by does.
  * fakesmsc ends when bearerbox does.
"""

import dataclasses
import os
import pathlib
import re
import signal
import socket
import subprocess
import urllib.parse
import urllib.request
from typing import Callable

from rules import check, tool, wait_until

BEARERBOX, SMSBOX, PHONE = "bearerbox", "smsbox", "phone"
PARTS = (BEARERBOX, SMSBOX, PHONE)
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
# Debian keeps the daemons where the PATH of a plain user does not look.
DAEMONS = "/usr/sbin"

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-type = file
store-location = "{folder}/store"

group = smsc
smsc = fake
smsc-id = phone
port = {phone}
our-host = 127.0.0.1
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
smsbox-id = smsbox
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
global-sender = Gateway

group = sendsms-user
username = {user}
password = {password}
user-allow-ip = 127.0.0.1
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
text = ""
"""

RECEIVED = re.compile(r"Got message \d+: <(.*)>$")
# sender receiver text TEXT, … data|ucs-2 ENCODED, … udh ENCODED text|data ENCODED
FIELDS = re.compile(r"(.+?) (\+?\d+) (?:(text|data|ucs-2) (.*)|udh (\S+) (?:text|data) (.*))", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Message:
    sender: str
    to: str
    text: str


class Kannel:
    """bearerbox, smsbox and fakesmsc in a folder, on free ports of this machine, for one `sendsms` user."""

    def __init__(self, folder, user: str = "countersign", password: str | None = None):
        self.folder = pathlib.Path(folder)
        self.user = user
        self.password = password or os.urandom(12).hex()
        self.processes = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    @property
    def credentials(self) -> str:
        """The `username` and `password` parameters of a URL."""
        return urllib.parse.urlencode({"username": self.user, "password": self.password})

    def __enter__(self):
        for program in (f"{DAEMONS}/bearerbox", f"{DAEMONS}/smsbox", FAKESMSC):
            tool(program)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ports = dict(zip(("admin", "boxes", "phone", "sendsms"), free_ports(4)))
        (self.folder / "kannel.conf").write_text(CONFIGURATION.format(
            folder=self.folder.resolve(), user=self.user, password=self.password, **self.ports))
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, *parts: str):
        """Starts parts, all without an argument, and waits until each does its work."""
        for part in parts or PARTS:
            check(not self.runs(part), f"{part} runs already")
            self.spawn(part)
            try:
                wait_until(lambda: self.is_ready(part), f"{part} is ready")
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.log(part).read_text(errors='replace')[-2000:]}") from None

    def spawn(self, part):
        # A group of its own: Ctrl-C reaches the test alone, which then ends these.
        with open(self.log(part), "ab") as log:
            self.processes[part] = subprocess.Popen(
                self.command(part), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True)

    def stop(self, *parts: str):
        """Ends parts the polite way, the last first."""
        self.end(parts, signal.SIGTERM)

    def kill(self, *parts: str):
        self.end(parts, signal.SIGKILL)

    def restart(self):
        """Kills all, and starts all again: what bearerbox had on file is delivered."""
        self.kill()
        self.start()

    def end(self, parts, number):
        for part in reversed(parts or PARTS):
            if not self.runs(part):
                continue
            process = self.processes.pop(part)
            os.killpg(process.pid, number)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def runs(self, part) -> bool:
        process = self.processes.get(part)
        return process is not None and process.poll() is None

    def messages(self) -> list[Message]:
        """All that the phone got so far, the parts of a long message put together."""
        entries = []
        for line in self.log(PHONE).read_text("utf-8", "surrogateescape").split("\n"):
            received = RECEIVED.search(line)
            if received is None:
                continue
            if FIELDS.fullmatch(received[1]):
                entries.append(received[1])
            else:
                # fakesmsc takes the second line of a text for another message.
                check(entries, f"the phone got {line}")
                entries[-1] += "\n" + received[1]
        return joined(FIELDS.fullmatch(entry) for entry in entries)

    def wait_for(self, wanted: int | Callable[[list[Message]], bool], seconds: float = 20) -> list[Message]:
        """The messages, once there are so many of them, or once the function says yes."""
        enough = wanted if callable(wanted) else lambda messages: len(messages) >= wanted
        wait_until(lambda: enough(self.messages()), f"the phone got {wanted}", seconds)
        return self.messages()

    def status(self) -> str:
        """What bearerbox says of itself; nothing while it does not answer."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.ports['admin']}/status.txt?password={self.password}", timeout=5
            ) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    def log(self, part) -> pathlib.Path:
        return self.folder / f"{part}.log"

    def command(self, part):
        if part == PHONE:
            # It sends no messages of its own, but wants to be told one.
            return [FAKESMSC, "-H", "127.0.0.1", "-r", str(self.ports["phone"]), "-m", "0", "1 2 text none"]
        return [f"{DAEMONS}/{part}", "-v", "1", "kannel.conf"]

    def is_ready(self, part):
        if part == SMSBOX and not self.runs(part):
            self.spawn(part)
        process = self.processes[part]
        check(process.poll() is None, f"{part} ended with status {process.poll()}")
        status = self.status()
        if part == BEARERBOX:
            # fakesmsc does not try twice.
            return "Status: running" in status and can_connect(self.ports["boxes"])
        if part == SMSBOX:
            return "smsbox:smsbox" in status and can_connect(self.ports["sendsms"])
        return re.search(r"FAKE:\d+ \(online", status) is not None


def joined(entries) -> list[Message]:
    """The messages of what the phone got, in the order in which they were complete."""
    messages, unfinished = [], {}
    for sender, to, form, content, header, part in (entry.groups() for entry in entries):
        if form == "text":
            text = content
        elif form:
            text = unescaped(content).decode("utf-16-be" if form == "ucs-2" else "utf-8")
        else:
            # GSM 03.40, section 9.2.3.24.1: 05 00 03, reference, number of parts, number of this part.
            *_, reference, count, number = unescaped(header)
            parts = unfinished.setdefault((sender, to, reference), {})
            parts[number] = unescaped(part)
            if len(parts) < count:
                continue
            del unfinished[sender, to, reference]
            text = decoded(b"".join(parts[each] for each in sorted(parts)))
        messages.append(Message(sender, to, text))
    return messages


def unescaped(text) -> bytes:
    return urllib.parse.unquote_to_bytes(text.replace("+", " "))


def decoded(content) -> str:
    """The text of a long message, of which fakesmsc does not say whether it is UTF-8 or UCS-2."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content.decode("utf-16-be")
    return content.decode("utf-16-be") if re.search("[\x00-\x09\x0b\x0c\x0e-\x1f]", text) else text


def free_ports(count) -> list[int]:
    """Ports that nobody uses now, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def can_connect(port) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
