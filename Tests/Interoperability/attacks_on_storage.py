"""Is what was acknowledged on disk, and does every doubt end in refusal?"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import rules
import service
import wire
from certificates import Authority, client_context
from rules import Skipped, attack, expect, rpc, tool, verdict
from service import (
    ACCEPTED, ACTIVE, BACKUP_CODES, CONFIGURATION, LOCKED, OK, REPLAYED, TENANT, TOTP, WRONG_CODE, check,
)

UNAVAILABLE = 14
VERIFICATION = 3


# ── Traced ───────────────────────────────────────────────────────────────────────────────────────────────────


class Trace:
    """What strace wrote: system calls in the order in which they ended."""

    # The thread, then a whole call, or the first or the second half of one.
    LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>)?(.*)$")

    def __init__(self, path):
        self.calls = []
        begun = {}
        for number, line in enumerate(path.read_text(errors="replace").splitlines()):
            match = self.LINE.match(line)
            if not match:
                continue
            thread, resumed, text = match.groups()
            if resumed:
                start, first = begun.pop(thread, (number, resumed + "("))
                text = first + text
            elif text.endswith("<unfinished ...>"):
                begun[thread] = number, text.removesuffix("<unfinished ...>")
                continue
            else:
                start = number
            self.calls.append((start, number, text))


@attack
def traced_system_calls(report, place):
    """A conversation under strace: what is synced before an answer, and who is talked to."""
    folder = place.new("trace")
    trace_file = folder / "calls"
    # -D: strace stays in the background, so that the process that was started is the server.
    strace = [
        tool("strace"), "-D", "-f", "--seccomp-bpf", "-yy", "-s", "0", "-o", trace_file, "-e",
        "trace=connect,sendto,sendmsg,sendmmsg,write,writev,fsync,fdatasync,socket,bind,listen,execve",
    ]
    if subprocess.run([strace[0], "-o", os.devnull, "true"], capture_output=True).returncode != 0:
        with report("row 114, 132: strace"):
            raise Skipped("this system does not let processes be traced")
        return
    authority = Authority(place.new("authority"))
    client = authority.issue("client", "URI:spiffe://attack.test/client")
    configuration = authority.server_section() + CONFIGURATION + authority.callers(
        client="[enroll, verify, recover, administer, audit]")
    with place.server(prefix=strace, configuration=configuration) as server:
        context = client_context(server, client)
        with wire.Connection(server.address, context) as connection:
            client_port = connection.socket.getsockname()[1]
            acknowledged, step = 0, service.present_step()
            secret, codes = rules.converse(connection, service.enroll("traced", step))
            acknowledged += 2
            proofs = [(TOTP, service.totp(secret, step + 1))]
            proofs += [(BACKUP_CODES, code) for code in codes[:6]]
            proofs += [(TOTP, code) for code in service.wrong_codes(secret, 3)]
            for kind, code in proofs:
                expect(connection.call(service.verify("traced", kind, code)), OK, "Verify")
                acknowledged += 1
            expect(connection.call(rpc("SubjectService/EraseSubject", {1: TENANT, 2: "traced"})), OK, "EraseSubject")
            acknowledged += 1
        server.stop()
        # strace ends after the server, and writes its last lines then.
        rules.wait_until(lambda: "exited with 0" in trace_file.read_text(errors="replace"), "the end of the trace")
        calls = Trace(trace_file).calls

    with report("row 114: every acknowledged call was synced to the write-ahead log before its answer was sent"):
        syncs = [
            (begin, end) for begin, end, text in calls
            if re.match(r"f(data)?sync\(", text) and "countersign.db-wal" in text and text.endswith("= 0")
        ]
        replies = [
            (begin, end) for begin, end, text in calls
            if re.match(r"(write|writev|sendto|sendmsg|sendmmsg)\(", text) and f"->127.0.0.1:{client_port}]" in text
        ]
        check(len(syncs) >= acknowledged, f"{len(syncs)} syncs for {acknowledged} answers")
        # One call is in flight at a time. The first thing sent is of the handshake, after the syncs of the start.
        previous, synced = replies[0][1], 0
        for begin, end in replies[1:]:
            if any(previous < sync_begin and sync_end < begin for sync_begin, sync_end in syncs):
                synced += 1
            previous = end
        check(synced == acknowledged, f"{synced} of {acknowledged} answers followed a sync of their own")

    with report("row 132: no connection goes out, and no name is looked up"):
        check(any(text.startswith("listen(") for _, _, text in calls), "the trace does not even show listen()")
        for _, _, text in calls:
            check(not text.startswith("connect("), f"a connection went out: {text}")
            check("SOCK_DGRAM" not in text and "AF_NETLINK" not in text, f"a datagram socket was made: {text}")
            if text.startswith(("sendto(", "sendmsg(", "sendmmsg(")):
                check(f"->127.0.0.1:{client_port}]" in text, f"something was sent elsewhere: {text}")
    with report("row 132: no other program is started"):
        started = [text for _, _, text in calls if text.startswith("execve(")]
        check(len(started) == 1, f"started: {started[1:]}")


# ── Full disk ────────────────────────────────────────────────────────────────────────────────────────────────

DISK_BYTES = 8 << 20


def mounting(folder):
    """The words before a command that give it a small disk at a folder."""
    script = f'mount -t tmpfs -o size={DISK_BYTES} tmpfs "$0" && exec "$@"'
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        words = [*unshare, "sh", "-c", script, str(folder)]
        if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    raise Skipped("this system does not let this user mount a tmpfs")


@attack
def full_disk(report, place):
    """A disk that fills up while people log in."""
    disk = place.new("disk")
    with report("row 124, 128: a full disk: no answer without its record, readers are served, all is well when freed"):
        configuration = CONFIGURATION.replace("data/countersign.db", str(disk / "countersign.db"))
        with place.server(prefix=mounting(disk), configuration=configuration) as server, \
                wire.Connection(server.address) as connection:
            # The disk is in the server's own mount namespace.
            filler = f"/proc/{server.process.pid}/root{disk}/filler"
            check(os.statvfs(os.path.dirname(filler)).f_blocks * 4096 == DISK_BYTES, "the small disk is not there")
            accepted = {}
            people = {}
            for number in range(8):
                subject = f"person-{number}"
                people[subject] = rules.converse(connection, service.enroll(subject, service.present_step()))[1]
                accepted[subject] = 0

            def spend(subject, code, key):
                answer = connection.call(service.verify(subject, BACKUP_CODES, code, key))
                if answer.code == OK:
                    verdict(answer, ACCEPTED, "a backup code")
                    accepted[subject] += 1
                return answer.code

            check(spend("person-0", people["person-0"].pop(), "") == OK, "before the disk was full")
            fill(filler)
            refused = []
            for subject, codes in people.items():
                for _ in range(3):
                    code, key = codes.pop(), service.unique("key")
                    status = spend(subject, code, key)
                    check(status in (OK, UNAVAILABLE), f"on a full disk: status {status}")
                    if status == UNAVAILABLE:
                        refused.append((subject, code, key))
                    else:
                        # The log had room left for it.
                        fill(filler)
            check(len(refused) > 12, f"only {len(refused)} calls were refused on a full disk")
            for subject in people:
                expect(connection.call(service.list_factors(subject)), OK, "reading on a full disk")
            starting = connection.call(service.start_enrollment(service.unique("new")))
            check(starting.code == UNAVAILABLE, f"an enrollment on a full disk: status {starting.code}")
            expect(connection.call(rpc("grpc.health.v1.Health/Check", {})), OK, "the ping on a full disk")

            os.unlink(filler)
            for subject, code, key in refused:
                check(spend(subject, code, key) == OK, "after the disk was freed")
            audited = {}
            for event in rules.events(connection):
                if event.number(2) == VERIFICATION and event.number(9) == ACCEPTED:
                    audited[event.text(3)] = audited.get(event.text(3), 0) + 1
            check(
                sorted(audited.values()) == sorted(accepted.values()),
                f"accepted {sorted(accepted.values())}, audited {sorted(audited.values())}")
            log = rules.log_lines(server)
            check(any(line["level"] in ("error", "critical") for line in log), "the log keeps silent")
            server.stop()


def fill(path):
    """Writes a file until nothing fits any more."""
    with open(path, "ab", buffering=0) as file:
        for size in (65536, 4096, 512, 64, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


# ── Start ────────────────────────────────────────────────────────────────────────────────────────────────────


def digests(folder):
    """Every file with its content and its mode, but for the lock, the log, and the index of the write-ahead log: it
    holds nothing of its own, and whoever looks into the database makes it anew."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith((".lock", ".log", "-shm")):
            found[str(path.relative_to(folder))] = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode)
    return found


def keep_half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def foreign_database(path):
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE notes (text)")
        database.execute("INSERT INTO notes VALUES ('not yours')")


def overwrite(path, at, data):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


def other_key_ring(place, folder):
    service.Server(place.binaries, place.new(service.unique("other")))
    other = max(place.folder.glob("other-*"), key=lambda path: path.stat().st_mtime_ns)
    shutil.copy(other / "keys" / "keyring.json", folder / "keys" / "keyring.json")


def cannot_start(server, named, folder):
    """The server ends at once with one line that names the culprit, and has written nothing."""
    before = digests(folder)
    try:
        ended = subprocess.run(
            server.command("serve", "--listen", "127.0.0.1:0"), capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        raise AssertionError("it started") from None
    check(ended.returncode in (1, 2), f"status {ended.returncode}: {ended.stderr[-300:]}")
    lines = ended.stderr.splitlines()
    check(len(lines) == 1, f"{len(lines)} lines: {ended.stderr[:500]!r}")
    check(named in lines[0], f"{lines[0]!r} does not name {named}")
    check(ended.stdout == "", f"standard output: {ended.stdout!r}")
    after = digests(folder)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    check(not changed, f"it wrote {sorted(changed)}; it said {lines[0]!r}")


@attack
def insecure_starts(report, place):
    """Key rings and databases that are broken, foreign or in use."""
    with place.server("whole") as server:
        with wire.Connection(server.address) as connection:
            rules.converse(connection, service.enroll("someone", service.present_step()))
        with report("row 135: a second process on one database is refused, and the first goes on"):
            cannot_start(server, "data/countersign.db", server.folder)
            expect(wire.call(server.address, service.list_factors("someone")), OK, "the first process")
        # What a crash leaves: everything is still in the write-ahead log.
        server.kill()
        crashed = place.folder / "crashed"
        shutil.copytree(server.folder, crashed)
        server.start()
        server.stop()
        clean = server.folder

    ring, database = "keys/keyring.json", "data/countersign.db"

    def ways(folder):
        """What is done to the files, and what the complaint must name."""
        key_ring, file = folder / ring, folder / database
        yield "row 90: another key ring", lambda: other_key_ring(place, folder), database
        yield "row 90: a truncated key ring", lambda: keep_half(key_ring), ring
        yield "row 90: an empty key ring", lambda: key_ring.write_bytes(b""), ring
        yield "row 90: no key ring", lambda: key_ring.unlink(), ring
        yield "row 90: a key ring of mode 0644", lambda: key_ring.chmod(0o644), ring
        yield "row 90: a key ring of mode 0640", lambda: key_ring.chmod(0o640), ring
        yield "row 135: a database cut in half", lambda: keep_half(file), database
        yield "row 135: a database cut to 100 bytes", lambda: os.truncate(file, 100), database
        yield "row 135: an empty database", lambda: os.truncate(file, 0), database
        yield "row 135: somebody else's database", lambda: foreign_database(file), database
        yield "row 135: a text in the database's place", lambda: file.write_text("no database\n" * 100), database
        yield "row 135: a page of garbage in the database", lambda: overwrite(file, 4096, os.urandom(4096)), database
        yield "row 135: a folder in the database's place", lambda: (file.unlink(), file.mkdir()), database

    for source, state in ((clean, ""), (crashed, ", with the log of a crash")):
        for number, (name, _, _) in enumerate(ways(source)):
            if state and number >= 6:
                break
            folder = place.folder / f"try-{'crashed' if state else 'clean'}-{number}"
            shutil.copytree(source, folder)
            with report(f"{name}{state}: refused in one line, nothing written"):
                _, change, named = list(ways(folder))[number]
                change()
                server.folder, server.configuration = folder, folder / "server.yaml"
                cannot_start(server, named, folder)

    with report("row 90, 135: unharmed files start, also after a crash"):
        for folder in (clean, crashed):
            server.folder, server.configuration, server.log = folder, folder / "server.yaml", folder / "server.log"
            server.start()
            try:
                expect(wire.call(server.address, service.list_factors("someone")), OK, str(folder.name))
                server.stop()
            finally:
                server.kill()


# ── Crashes and lost answers ─────────────────────────────────────────────────────────────────────────────────


@attack
def limits_across_restarts(report, place):
    """Guessing, kill -9, guessing on."""
    with place.server() as server:
        def attempts_left(kind):
            answer = expect(wire.call(server.address, service.list_factors("guessed")), OK, "ListFactors")
            factors = [service.Factor(message) for message in answer.messages(1)]
            return next(factor for factor in factors if factor.kind == kind).attempts_left

        def crash():
            server.kill()
            server.start()

        with wire.Connection(server.address) as connection:
            secret, codes = rules.converse(connection, service.enroll("guessed", service.present_step()))
        wrong = iter(service.wrong_codes(secret, 30))

        with report("row 62, 69: failures count on after kill -9, and the lock comes at the same number"):
            guesses = 0
            for count in (4, 3, 3):
                for _ in range(count):
                    guesses += 1
                    wanted = WRONG_CODE if guesses < 10 else None
                    answer = wire.call(server.address, service.verify("guessed", TOTP, next(wrong)))
                    if wanted:
                        verdict(answer, wanted, f"guess {guesses}")
                crash()
                check(
                    attempts_left(TOTP) == 10 - guesses,
                    f"{attempts_left(TOTP)} attempts left after {guesses} failures and a crash")
        with report("row 59, 62: a lock holds after kill -9, against the right code too"):
            right = service.totp(secret, service.present_step() + 1)
            verdict(wire.call(server.address, service.verify("guessed", TOTP, right)), LOCKED, "the right code")
            crash()
            right = service.totp(secret, service.present_step() + 1)
            verdict(wire.call(server.address, service.verify("guessed", TOTP, right)), LOCKED, "after another crash")
        with report("row 65: the lock is the factor's alone: a backup code still opens"):
            verdict(wire.call(server.address, service.verify("guessed", BACKUP_CODES, codes[0])), ACCEPTED, "the code")


class CuttingProxy:
    """Passes one request on, waits for its answer, and cuts both connections without passing that on."""

    def __init__(self, address):
        self.upstream = address.rsplit(":", 1)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.answer = b""

    def lose(self, call):
        """Sends a call whose answer gets lost; the message of the answer that the caller never saw."""
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            wire.call(self.address, call)
        except ConnectionError:
            pass
        else:
            raise AssertionError("the answer got through")
        finally:
            thread.join()
        return wire.Answer(self.answer[wire.HEADER.size :])

    def _serve(self):
        near, _ = self.listener.accept()
        far = socket.create_connection((self.upstream[0], int(self.upstream[1])), timeout=rules.PATIENCE_SECONDS)
        with near, far:
            far.sendall(self._frame(near))
            self.answer = self._frame(far)

    @staticmethod
    def _frame(connection):
        """The one frame that comes."""
        data = b""
        while len(data) < wire.HEADER.size or len(data) < wire.HEADER.size + wire.HEADER.unpack_from(data)[0]:
            data += connection.recv(65536)
        return data


@attack
def lost_answers(report, place):
    """The connection is cut after the commit and before the answer; the caller tries again."""
    with place.server() as server, wire.Connection(server.address) as connection:
        proxy = CuttingProxy(server.address)
        subject = service.unique("lost")

        def lose_and_retry(name, fields):
            """The one answer that the retry, a second retry and the lost call all have."""
            key = service.unique("key")
            call = rpc(name, {1: TENANT, 2: subject, 3: key, **fields})
            before = len(rules.events(connection))
            lost = proxy.lose(call)
            with report(f"row 119: {name.split('/')[1]}, answer lost, tried again: same answer, one event"):
                expect(lost, OK, "the lost answer")
                for attempt in ("the retry", "a second retry"):
                    answer = connection.call(call)
                    expect(answer, OK, attempt)
                    check(answer.message.data == lost.message.data, f"{attempt} was answered differently")
                added = len(rules.events(connection)) - before
                check(added == 1, f"{added} events")
                other_body = connection.call(rpc(name, {1: TENANT, 2: subject, 3: key, **fields, 30: 1}))
                expect(other_body, service.ALREADY_EXISTS, "another body under the key")
            return lost.message

        lose_and_retry("SubjectService/PutSubject", {4: 1, 6: "somebody"})
        started = lose_and_retry("EnrollmentService/StartEnrollment", {4: TOTP})
        factor, secret = started.message(1).text(1), started.message(10).text(1)
        step = service.present_step()
        activated = lose_and_retry("EnrollmentService/ActivateFactor", {4: factor, 5: service.totp(secret, step)})
        code = service.totp(secret, step + 1)
        verified = lose_and_retry("VerificationService/Verify", {5: TOTP, 6: code})
        with report("row 119: the code whose acceptance was lost is good for nothing else"):
            other_key = service.verify(subject, TOTP, code, service.unique("key"))
            verdict(connection.call(other_key), REPLAYED, "another key")
        generated = lose_and_retry("RecoveryService/GenerateBackupCodes", {4: verified.text(2)})
        lose_and_retry("VerificationService/Verify", {5: BACKUP_CODES, 6: generated.texts(2)[0]})
        lose_and_retry("VerificationService/Verify", {5: TOTP, 6: service.wrong_codes(secret, 1)[0]})
        lose_and_retry("EnrollmentService/RenameFactor", {4: factor, 5: "renamed"})
        check(len(activated.texts(3)) == 10, "the activation brought no backup codes")


@attack
def polite_end_under_load(report, place):
    """SIGTERM while many calls are in flight."""
    tally = {"acknowledged": 0, "refused": 0, "unanswered": 0}
    people = []

    def person(subject):
        record = {"subject": subject, "spent": 0, "codes": []}
        people.append(record)
        conversation = service.enroll(subject, service.present_step())
        answer = None
        while True:
            try:
                call = conversation.send(answer)
            except StopIteration as end:
                record["codes"] = end.value[1]
                break
            answer = yield call
            if not counted(answer):
                return
        for code in record["codes"]:
            answer = yield service.verify(subject, BACKUP_CODES, code)
            if not counted(answer):
                return
            verdict(answer, ACCEPTED, "a backup code")
            record["spent"] += 1

    def counted(answer):
        if isinstance(answer, wire.Unanswered):
            tally["unanswered"] += 1
            return False
        if answer.code == UNAVAILABLE and answer.reason == "SHUTTING_DOWN":
            tally["refused"] += 1
            return False
        expect(answer, OK, "a call under load")
        tally["acknowledged"] += 1
        return True

    with place.server() as server:
        ended = []

        def terminate():
            server.process.send_signal(signal.SIGTERM)
            ended.append(time.monotonic())

        engine = wire.Engine(server.address, connections=8)
        engine.run((person(service.unique("loaded")) for _ in iter(int, 1)), 64, seconds=1.0, at_end=terminate)
        engine.close()
        with report("row 117: SIGTERM under load ends with status 0 within its grace"):
            check(tally["acknowledged"] > 100, f"only {tally['acknowledged']} calls were answered")
            check(server.process.wait(timeout=12) == 0, f"status {server.process.returncode}")
            check(time.monotonic() - ended[0] < 11, f"it took {time.monotonic() - ended[0]:.1f} s")
            check(rules.log_lines(server)[-1]["message"] == "stopped", "it did not say that it stopped")
        server.process.wait(timeout=12)
        server.start()
        with report("row 114, 124: after SIGTERM under load every answer has its event, and every event its answer"):
            with wire.Connection(server.address) as connection:
                count = len(rules.events(connection))
                check(
                    count == tally["acknowledged"],
                    f"{tally['acknowledged']} acknowledged, {count} events, {tally}")
                for record in people:
                    if record["codes"]:
                        answer = expect(connection.call(service.list_factors(record["subject"])), OK, "ListFactors")
                        factors = {factor.kind: factor for factor in map(service.Factor, answer.messages(1))}
                        check(factors[TOTP].state == ACTIVE, "an acknowledged activation is lost")
                        left = factors[BACKUP_CODES].backup_codes_left
                        check(left == 10 - record["spent"], f"{left} codes left after {record['spent']} were spent")
