"""The figures of delivery: what a hanging provider does to verifications, how fast the outbox empties, and what a
pumping attack gets. Used by bench.py."""

import json
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import rig

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/Interoperability"))
import wire
from device import Device, parse_pairing_uri

SMS, EMAIL, PUSH = 3, 4, 5
QUEUED = 100_000
PUMPED = 10_000
COUNTRY_CAP, PREFIX_CAP, COST_MICROS = 1_000, 50, 80_000

# The rations as shipped are there to stop what the first two figures do; here they are out of the way.
UNRATIONED = """\
sending:
  sms_countries: [CH]
  subject_per_hour: 1000
  caller_per_hour: 10000000
  prefix_per_hour: 100000
  country_per_hour: 10000000
  money_per_hour_cents: 100000000
  money_per_day_cents: 100000000
  conversion_percent: 0
"""

RATIONED = f"""\
sending:
  sms_countries: [CH]
  caller_per_hour: 10000000
  prefix_per_hour: {PREFIX_CAP}
  country_per_hour: {COUNTRY_CAP}
"""

DELIVERY = """\
verification:
  code_lifetime_seconds: 600
delivery:
  sms:
    - preset: http
      name: sink
      method: GET
      url: http://{address}/sms?to={{to}}&text={{text}}
      success_pattern: ok
      timeout_seconds: 30
      cost_micros:
        default: 80000
"""


# Providers at the other end of one line on which nothing ever comes back.
HANGING = """\
  email:
    host: 127.0.0.1
    port: {port}
    security: none
    from: bench@example.org
    timeout_seconds: 30
  fcm:
    service_account: {account}
    url: https://localhost:{port}
    timeout_seconds: 30
"""


class CutLine:
    """Takes connections, for the kernel does, and nothing else."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]

    def section(self, folder):
        """Of the configuration, with an account whose tokens nobody gives out."""
        account = folder / "account.json"
        key = subprocess.run(
            ["openssl", "genpkey", "-quiet", "-algorithm", "RSA"], check=True, capture_output=True, text=True).stdout
        account.write_text(json.dumps({
            "type": "service_account", "project_id": "bench", "private_key_id": "1", "private_key": key,
            "client_email": "bench@example.org", "token_uri": f"https://localhost:{self.port}/token"}))
        account.chmod(0o600)
        return HANGING.format(port=self.port, account=account)


class Sink:
    """httpsink, which plays the provider."""

    def __init__(self):
        self.process, self.address = rig.start_floor("httpsink")

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
            return answer.read().decode()

    def mode(self, word):
        self.get(f"/mode/{word}")

    def count(self):
        """Requests, accepted ones, and when the first and the last of those came, in seconds."""
        requests, accepted, first, last = map(int, self.get("/count").split())
        return requests, accepted, first / 1e6, last / 1e6


def start(server, folder, sink, sending, others=""):
    (folder / "bench.yaml").write_text(rig.CONFIGURATION + DELIVERY.format(address=sink.address) + others + sending)
    return rig.start_countersignd(server, folder)


def number(index):
    """Numbers of a Swiss mobile range, one after the other."""
    return f"+4179{1_000_000 + index:07d}"


def called(method, fields):
    """A call that must be answered with OK: its message."""
    service = "EnrollmentService" if method in ("StartEnrollment", "ActivateFactor") else "VerificationService"
    answer = yield wire.Call(f"countersign.v1.{service}", method, fields)
    if answer.code != 0:
        sys.exit(f"{method}: status {answer.code} {answer.status_text}")
    return answer.message


def run_all(address, conversations):
    engine = wire.Engine(address)
    engine.run(conversations, at_once=512)
    engine.close()


def enroll_all(address, count, first=0):
    """Starts so many enrollments by SMS, each of a subject and a number of its own. How many were not rationed."""
    started = 0

    def conversation(index):
        nonlocal started
        message = yield from called(
            "StartEnrollment", {1: rig.TENANT, 2: f"sms-{index}", 4: SMS, 8: number(index)})
        started += 15 not in message.fields

    run_all(address, (conversation(first + index) for index in range(count)))
    return started


def enroll_by_mail(address, count, first):
    def conversation(index):
        yield from called(
            "StartEnrollment", {1: rig.TENANT, 2: f"email-{index}", 4: EMAIL, 8: f"{index}@example.org"})

    run_all(address, (conversation(first + index) for index in range(count)))


def push_all(address, count, first):
    """Pairs so many devices and asks each of them."""

    def conversation(index):
        device, subject, token = Device(), f"push-{index}", f"token-{index}"
        started = yield from called("StartEnrollment", {1: rig.TENANT, 2: subject, 4: PUSH})
        pairing = parse_pairing_uri(started.message(13).text(1))
        registration = wire.encode({
            1: device.public_key, 2: "fcm", 3: token, 4: device.pairing_signature(pairing, "fcm", token), 5: "Phone"})
        yield from called("ActivateFactor", {1: rig.TENANT, 2: subject, 4: pairing.factor, 6: registration})
        yield from called("StartChallenge", {1: rig.TENANT, 2: subject, 4: pairing.factor})

    run_all(address, (conversation(first + index) for index in range(count)))


def measure_hanging(server, report, subjects_folder, rounds):
    """p99 of verifications while messages go out: SMS to a provider that answers at once; SMS, e-mail and push to
    providers that all hang."""
    sink = Sink()
    line = CutLine()
    hanging = line.section(subjects_folder)
    ratios, figures = [], {"accept": [], "hang": []}
    index = 0
    for _ in range(rounds):
        for mode in ("accept", "hang"):
            sink.mode(mode)
            process, address = start(server, subjects_folder, sink, UNRATIONED, hanging if mode == "hang" else "")
            # More than are handed over at once: where the providers hang, all of them do.
            enroll_all(address, 200, first=8_000_000 + index)
            if mode == "hang":
                enroll_by_mail(address, 200, index)
                push_all(address, 200, index)
            index += 200
            time.sleep(1)
            result = rig.ttload(
                "verify", address, "--file", subjects_folder / "secrets", "--count", 20_000,
                "--connections", 8, "--in-flight", 8, "--server-pid", process.pid)
            figures[mode].append(result["p99_us"])
            # So that it does not wait for what hangs.
            process.kill()
            process.wait()
            rig.processes.remove(process)
        ratios.append(figures["hang"][-1] / figures["accept"][-1])
    rig.stop(sink.process)
    print("Verifications, 8 connections x 8 in flight, while messages are on their way out")
    for mode, name in (("accept", "SMS provider answers              "), ("hang", "providers of SMS, e-mail, push hang")):
        print(f"  {name}  p99 {rig.median(figures[mode]) / 1000:.2f} ms")
    report.add("p99 of Verify, every provider hanging / one answering", ratios, 1.2)


def measure_drain(server, report):
    """Fills the outbox while the provider is busy, then lets it go."""
    folder = rig.make_folder(server, "outbox")
    sink = Sink()
    sink.mode("busy")
    process, address = start(server, folder, sink, UNRATIONED)
    begin = time.monotonic()
    started = enroll_all(address, QUEUED)
    filled = time.monotonic() - begin
    full = rig.process_status(process.pid, "VmRSS") / 1024
    sink.mode("accept")
    give_up = time.monotonic() + 300
    # Of the first tenth that leaves, in which rows come into the store's bounded cache, and of the rest.
    early, late = full, full
    while sink.count()[1] < started:
        if time.monotonic() > give_up:
            sys.exit(f"the outbox does not empty: {sink.count()}")
        time.sleep(0.2)
        resident = rig.process_status(process.pid, "VmRSS") / 1024
        if sink.count()[1] < started / 10:
            early = max(early, resident)
        late = max(late, resident)
    _, accepted, first, last = sink.count()
    # The rows that were tried while the provider was busy are due in the course of some seconds.
    rate = accepted / (last - first)
    rig.stop(process)
    rig.stop(sink.process)
    print(f"Outbox: {started:,} messages queued in {filled:.0f} s, handed to a local provider one by one over HTTP")
    print(f"  {rate:,.0f} messages/s, {full:.0f} MB resident when full, {early:.0f} MB at most until a tenth had left, "
          f"{late:.0f} MB until all had")
    report.add("messages handed over a second", [rate], 2_000, at_least=True)
    report.add("resident memory, all messages / the first tenth", [late / early], 1.1)


def measure_pumping(server, report):
    """Ten thousand enrollments over adjacent numbers by one caller, with the rations as shipped."""
    folder = rig.make_folder(server, "pumping")
    sink = Sink()
    process, address = start(server, folder, sink, RATIONED)
    started = enroll_all(address, PUMPED)
    give_up = time.monotonic() + 60
    while sink.count()[1] < started and time.monotonic() < give_up:
        time.sleep(0.1)
    requests = sink.count()[0]
    rig.stop(process)
    rig.stop(sink.process)
    print(f"Pumping: {PUMPED:,} enrollments over adjacent numbers")
    print(f"  {requests} provider calls, cost {requests * COST_MICROS / 1e6:.2f} of the currency; caps: {PREFIX_CAP} a "
          f"prefix, {COUNTRY_CAP} a country, 20.00 an hour")
    report.add("provider calls of 10,000 attempts", [requests], 20_000_000 / COST_MICROS)
