#!/usr/bin/python3
"""What others make of factors in files: pyotp of otpauth URIs, python-pskc of RFC 6030.

    factor_oracles.py uris COUNT SEED        random otpauth URIs by pyotp and what it reads in each, as JSON lines
    factor_oracles.py write-pskc SEED        random key containers by python-pskc and what is in each, as JSON lines
    factor_oracles.py read-pskc [key HEX | password TEXT]
                                             how python-pskc reads a key container from standard input, as JSON lines

Needs python3-pyotp and python3-pskc. The interpreter is Debian's, which sees both.
"""

import base64
import hashlib
import io
import json
import random
import sys

import pskc
import pyotp

DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
NAMES = ["alice@example.org", "Alice Example", "100 % sure", "ünïcödé 🎉", "日本語", "a/b", "+41 79", "~t_u-d.x", ""]
PREFIX = "urn:ietf:params:xml:ns:keyprov:pskc:"


def random_uri(source):
    secret = source.randbytes(source.randint(16, 64))
    text = base64.b32encode(secret).decode().rstrip("=")
    algorithm = source.choice(sorted(DIGESTS))
    settings = {
        "digits": source.choice([6, 8]), "digest": DIGESTS[algorithm],
        "name": source.choice(NAMES), "issuer": source.choice(NAMES) or None,
    }
    if source.random() < 0.5:
        factor = pyotp.TOTP(text, interval=source.choice([30, 15, 60, 120]), **settings)
    else:
        factor = pyotp.HOTP(text, initial_count=source.choice([0, 1, source.randint(0, 2**62)]), **settings)
    uri = factor.provisioning_uri()
    try:
        read = pyotp.parse_uri(uri)
    except ValueError:
        # pyotp decodes the whole URI before it splits it, and so cannot read back every one of its own.
        return random_uri(source)
    return {
        "uri": uri,
        "kind": type(read).__name__.lower(),
        "secretHex": base64.b32decode(read.secret + "=" * (-len(read.secret) % 8)).hex(),
        "algorithm": read.digest().name.upper(),
        "digits": read.digits,
        "period": getattr(read, "interval", 0),
        "counter": getattr(read, "initial_count", 0),
        "account": read.name or "",
        "issuer": read.issuer or "",
    }


def describe(key):
    return {
        "kind": (key.algorithm or "").removeprefix(PREFIX),
        "secretHex": (key.secret or b"").hex(),
        "algorithm": (key.algorithm_suite or "SHA1").removeprefix("HMAC-"),
        "digits": key.response_length or 6,
        "period": key.time_interval or 0,
        "counter": key.counter or 0,
        "step": key.time_offset or 0,
        "drift": key.time_drift or 0,
        "account": key.key_userid or "",
        "issuer": key.issuer or "",
        "name": key.serial or "",
    }


def random_container(source, encryption, fields):
    kind, cipher, mac, prf = encryption
    # RFC 3394 wraps blocks of 8 bytes.
    block = 8 if cipher and cipher.startswith("kw-") else 1
    container = pskc.PSKC()
    for number in range(source.randint(1, 5)):
        settings = {
            "id": str(number), "serial": f"serial {number} é", "issuer": "Example & Söhne",
            "key_userid": f"UID=user{number},DC=example,DC=org",
            "secret": source.randbytes(source.randint(16 // block, 64 // block) * block),
            "response_length": source.choice([6, 8]), "response_encoding": "DECIMAL",
        }
        if source.random() < 0.5:
            settings |= {"algorithm": PREFIX + "totp", "time_interval": source.choice([30, 60]),
                         "time_offset": source.randint(1, 2**20), "time_drift": source.randint(0, 9),
                         "algorithm_suite": source.choice(["SHA1", "HMAC-SHA256", "HMAC-SHA512"])}
        else:
            settings |= {"algorithm": PREFIX + "hotp", "counter": source.randint(0, 2**31 - 1)}
        container.add_key(**settings)
    key, password = "", ""
    if kind == "key":
        secret = source.randbytes(int("".join(c for c in cipher if c.isdigit())) // 8)
        container.encryption.setup_preshared_key(key=secret, algorithm=cipher, fields=fields)
        key = secret.hex()
    elif kind == "password":
        password = "correct hörse"
        container.encryption.setup_pbkdf2(password, algorithm=cipher, iterations=1000, prf=prf, fields=fields)
    if mac:
        container.mac.algorithm = mac
    target = io.BytesIO()
    container.write(target)
    text = target.getvalue().decode()
    return {"xml": text, "keyHex": key, "password": password, "keys": [describe(key) for key in container.keys]}


def containers(source):
    yield random_container(source, ("plain", None, None, None), [])
    for fields in [["secret"], ["secret", "counter", "time_interval"]]:
        for cipher in ["aes128-cbc", "aes192-cbc", "aes256-cbc"]:
            for mac in ["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"]:
                yield random_container(source, ("key", cipher, mac, None), fields)
    for cipher in ["kw-aes128", "kw-aes192", "kw-aes256"]:
        yield random_container(source, ("key", cipher, None, None), ["secret"])
    for prf in [None, "hmac-sha1", "hmac-sha256", "hmac-sha512"]:
        yield random_container(source, ("password", "aes128-cbc", "hmac-sha256", prf), ["secret"])
        yield random_container(source, ("password", "aes256-cbc", "hmac-sha1", prf), ["secret"])


def read_container(arguments):
    container = pskc.PSKC(io.BytesIO(sys.stdin.buffer.read()))
    match arguments:
        case ["key", text]:
            container.encryption.key = bytes.fromhex(text)
        case ["password", text]:
            container.encryption.derive_key(text)
    for key in container.keys:
        key.check()
        print(json.dumps(describe(key), ensure_ascii=False))


def main(arguments):
    match arguments:
        case ["uris", count, seed]:
            source = random.Random(seed)
            for _ in range(int(count)):
                print(json.dumps(random_uri(source), ensure_ascii=False))
        case ["write-pskc", seed]:
            for container in containers(random.Random(seed)):
                print(json.dumps(container, ensure_ascii=False))
        case ["read-pskc", *rest]:
            read_container(rest)
        case _:
            sys.exit(__doc__.strip())


if __name__ == "__main__":
    main(sys.argv[1:])
