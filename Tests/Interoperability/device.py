"""A push device: what a person's phone computes, by another implementation of P-256 than the server's.

A statement is its fields one after the other, each as a length of 4 bytes, big endian, and the bytes: UTF-8 for a
text, 8 bytes, big endian and two's complement, for a time in Unix milliseconds. The length before each field keeps
two different sets of fields from ever being the same bytes. A signature is ECDSA with SHA-256 over the statement, as
r and s of 32 bytes each, big endian.

Needs python3-cryptography, so the interpreter is Debian's.
"""

import dataclasses
import re
import struct
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

PAIRING = "countersign-push-pairing-v1"
ANSWER = "countersign-push-answer-v1"
LIST = "countersign-push-list-v1"
APPROVE, DENY, DENY_FRAUD = "approve", "deny", "deny_fraud"
URI_START = "countersign-push://pair?"
URI_NAMES = ("v", "factor", "secret", "app", "account", "tenant", "subject")
COORDINATE_BYTES = 32


@dataclasses.dataclass(frozen=True)
class Pairing:
    """What the pairing URI says; the secret has 16 bytes."""

    factor: str
    secret: bytes
    app: str
    account: str
    tenant: str
    subject: str


@dataclasses.dataclass(frozen=True)
class Challenge:
    """What the device was shown, and signs with its decision. Times in Unix milliseconds."""

    challenge_id: str
    app_name: str
    action: str
    context: str
    location: str
    created_at_unix_ms: int
    expires_at_unix_ms: int


def parse_pairing_uri(uri: str) -> Pairing:
    """The pairing data of a URI; a ValueError where it is not exactly of the documented form."""
    if not uri.startswith(URI_START):
        raise ValueError("not a pairing URI")
    values = {}
    for part in uri.removeprefix(URI_START).split("&"):
        name, equals, value = part.partition("=")
        if not equals or name not in URI_NAMES or name in values:
            raise ValueError(f"the pairing URI has {name!r} twice, without a value, or should not have it")
        # Here a plus sign is a plus sign: these are no form fields.
        values[name] = urllib.parse.unquote(value, errors="strict")
    missing = [name for name in URI_NAMES if name not in values]
    if missing:
        raise ValueError(f"the pairing URI has no {missing}")
    if values["v"] != "1":
        raise ValueError("the pairing URI is of another version")
    if re.fullmatch("[0-9a-f]{32}", values["secret"]) is None:
        raise ValueError("the secret in the pairing URI is not 32 lower-case hex digits")
    return Pairing(
        values["factor"], bytes.fromhex(values["secret"]), values["app"], values["account"], values["tenant"],
        values["subject"])


def statement(*fields: str | bytes | int) -> bytes:
    """The bytes that are signed."""
    encoded = []
    for field in fields:
        if isinstance(field, str):
            field = field.encode()
        elif isinstance(field, int):
            field = struct.pack(">q", field)
        encoded += [struct.pack(">I", len(field)), field]
    return b"".join(encoded)


def pairing_statement(pairing: Pairing, public_key: bytes, channel: str = "", token: str = "") -> bytes:
    return statement(PAIRING, pairing.secret, pairing.factor, public_key, channel, token)


def answer_statement(device: str, challenge: Challenge, decision: str, number: str = "") -> bytes:
    return statement(
        ANSWER, device, challenge.challenge_id, decision, number, challenge.app_name, challenge.action,
        challenge.context, challenge.location, challenge.created_at_unix_ms, challenge.expires_at_unix_ms)


def list_statement(device: str, at_unix_ms: int) -> bytes:
    return statement(LIST, device, at_unix_ms)


class Device:
    """A phone with a key of its own. `name` is the opaque text that the server gave it at pairing."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey | None = None, name: str = ""):
        self.private_key = private_key or ec.generate_private_key(ec.SECP256R1())
        self.name = name

    @property
    def public_key(self) -> bytes:
        """X9.63, uncompressed: 65 bytes."""
        return self.private_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def sign(self, signed: bytes) -> bytes:
        """r and s, 64 bytes."""
        numbers = utils.decode_dss_signature(self.private_key.sign(signed, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(COORDINATE_BYTES, "big") for number in numbers)

    def pairing_signature(self, pairing: Pairing, channel: str = "", token: str = "") -> bytes:
        """Proves the key, and that who has it saw the pairing secret. `channel` is "" or "fcm"."""
        return self.sign(pairing_statement(pairing, self.public_key, channel, token))

    def answer_signature(self, challenge: Challenge, decision: str, number: str = "") -> bytes:
        """Over the decision and all that was shown; `number` is what the person typed, "" unless approving."""
        return self.sign(answer_statement(self.name, challenge, decision, number))

    def list_signature(self, at_unix_ms: int) -> bytes:
        return self.sign(list_statement(self.name, at_unix_ms))


def is_signed(public_key: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether the signature of 64 bytes over a statement is by the key of 65 bytes."""
    if len(signature) != 2 * COORDINATE_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    try:
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
