"""Countersign for the test programs here: starts the real server, and builds its calls."""

import base64
import hashlib
import hmac
import os
import pathlib
import signal
import struct
import subprocess
import time

import wire

TENANT = "default"
TOTP, BACKUP_CODES = 1, 7
PENDING_ACTIVATION, ACTIVE = 1, 2
ACCEPTED, WRONG_CODE, REPLAYED, EXPIRED, OUTSIDE_WINDOW, LOCKED, RATE_LIMITED = range(1, 8)
OK, NOT_FOUND, ALREADY_EXISTS = 0, 5, 6
PERIOD_SECONDS = 30

# Failures without a waiting time: the tests here count them, and do not wait.
CONFIGURATION = """\
listen: 127.0.0.1:7443
development: true
issuer: Countersign
key_ring: keys/keyring.json
store:
  sqlite:
    path: data/countersign.db
policy: policy.yaml
verification:
  failure_delays_seconds: [0]
"""

# The project's own, but for the wait from one backup code to the next.
POLICY = """\
mfa_enforcement:
  risk_based_prompting:
    - new_device: prompt_mfa
    - new_location: prompt_mfa
    - sensitive_action: require_mfa
  recovery:
    backup_code_interval: 0_seconds
"""


class Server:
    """The real program in a folder of its own, on a free port of this machine: in plain text, or with TLS where the
    configuration has a `tls` section. Its log is `server.log` there."""

    def __init__(self, binaries, folder, configuration=CONFIGURATION, prefix=(), log_level="info"):
        self.program = pathlib.Path(binaries, "countersignd")
        self.folder = pathlib.Path(folder)
        subprocess.run([self.program, "init", "--directory", self.folder], check=True, stdout=subprocess.DEVNULL)
        self.configuration = self.folder / "server.yaml"
        self.configuration.write_text(configuration)
        (self.folder / "policy.yaml").write_text(POLICY)
        self.log = self.folder / "server.log"
        self.prefix = list(prefix)
        self.environment = {**os.environ, "COUNTERSIGN_LOG_LEVEL": log_level}
        self.process = None
        self.address = None

    def command(self, *arguments):
        """The program with this configuration."""
        return [*self.prefix, self.program, *arguments, "--config", self.configuration, "--dev"]

    def start(self):
        """Starts it and waits until it listens. The seconds that took."""
        address_file = self.folder / "address"
        address_file.unlink(missing_ok=True)
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--listen", "127.0.0.1:0", "--address-file", address_file),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=self.environment,
            )
        while not (address_file.exists() and address_file.read_text().strip()):
            if self.process.poll() is not None or time.monotonic() - begin > 30:
                self.kill()
                raise SystemExit(f"the server did not start:\n{self.log_end()}")
            time.sleep(0.005)
        self.address = address_file.read_text().strip()
        return time.monotonic() - begin

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        """Ends it the polite way; it must leave with status 0."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        if status != 0:
            raise SystemExit(f"the server ended with status {status}:\n{self.log_end()}")

    def log_end(self):
        return self.log.read_text(errors="replace")[-2000:]


def present_step(room_seconds=0):
    """The step that it is, and will be for so many seconds more: it waits for the next one if need be.

    The codes of a step and of the one after it are good whenever the conversation gets to them; who wants the one
    before too needs room."""
    left = PERIOD_SECONDS - time.time() % PERIOD_SECONDS
    if left < room_seconds:
        time.sleep(left)
    return int(time.time()) // PERIOD_SECONDS


def totp(secret_base32, step):
    """RFC 6238 with SHA-1 and six digits."""
    secret = base64.b32decode(secret_base32 + "=" * (-len(secret_base32) % 8))
    digest = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0xF
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def wrong_codes(secret_base32, count):
    """Codes that are right in no step from well before the present one to well after it."""
    right = {totp(secret_base32, step) for step in range(present_step() - 40, present_step() + 10)}
    codes = (f"{number:06d}" for number in range(1_000_000))
    return [code for code, _ in zip((code for code in codes if code not in right), range(count))]


def unique(prefix):
    return f"{prefix}-{os.urandom(8).hex()}"


def start_enrollment(subject, key="", tenant=TENANT):
    return wire.Call(
        "countersign.v1.EnrollmentService", "StartEnrollment", {1: tenant, 2: subject, 3: key, 4: TOTP})


def activate_factor(subject, factor, code, key="", tenant=TENANT):
    return wire.Call(
        "countersign.v1.EnrollmentService", "ActivateFactor", {1: tenant, 2: subject, 3: key, 4: factor, 5: code})


def list_factors(subject, tenant=TENANT):
    return wire.Call("countersign.v1.EnrollmentService", "ListFactors", {1: tenant, 2: subject})


def verify(subject, kind, code, key="", tenant=TENANT):
    return wire.Call(
        "countersign.v1.VerificationService", "Verify", {1: tenant, 2: subject, 3: key, 5: kind, 6: code})


def list_events(tenant, after=""):
    return wire.Call("countersign.v1.AuditService", "ListEvents", {1: tenant, 2: after, 3: 500})


class Factor:
    """A countersign.v1.Factor as received."""

    def __init__(self, message):
        self.id = message.text(1)
        self.kind = message.number(2)
        self.state = message.number(3)
        self.last_used_at = message.number(7)
        self.is_locked = message.number(9) == 1
        self.attempts_left = message.number(10)
        self.backup_codes_left = message.number(11)


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def enrolled(answer):
    """The factor's id and secret from StartEnrollment's answer."""
    check(answer.code == OK, f"StartEnrollment: status {answer.code} {getattr(answer, 'status_text', '')}")
    return answer.message.message(1).text(1), answer.message.message(10).text(1)


def enroll(subject, step, tenant=TENANT):
    """A conversation that ends with an ACTIVE factor: its secret and the backup codes. Spends the code of
    `step`."""
    factor, secret = enrolled((yield start_enrollment(subject, tenant=tenant)))
    answer = yield activate_factor(subject, factor, totp(secret, step), tenant=tenant)
    check(
        answer.code == OK and answer.message.number(1) == ACCEPTED,
        f"ActivateFactor: status {answer.code}, verdict {answer.message.number(1) if answer.code == OK else '-'}")
    return secret, answer.message.texts(3)
