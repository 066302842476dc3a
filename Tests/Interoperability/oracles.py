#!/usr/bin/python3
"""What others say of one-time passwords, otpauth URIs and QR codes.

    oracles.py generate COUNT SEED    random TOTP cases as JSON lines; pyotp and oathtool must agree on each
    oracles.py uri URI                how pyotp reads an otpauth URI, as JSON
    oracles.py rfc3986 URI            how Python's urllib reads it: pyotp decodes the whole URI before it splits it, and
                                      so cannot read back names with & # ?
    oracles.py qr FILE                the text in a QR code image, read by zbarimg
    oracles.py places FILE            an address of each network in one of MaxMind's test databases, its country, region
                                      and autonomous system, as the reader beside them reads it, which is all Python

Needs python3-pyotp, oathtool and zbar-tools. The interpreter is Debian's, which sees python3-pyotp.
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import urllib.parse

import pyotp

DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
# Python's calendar ends with the year 9999; the step number passes 32 bits well before (RFC 6238, section 4.2).
LATEST_SECONDS = 253_402_300_000


def random_case(source):
    algorithm = source.choice(sorted(DIGESTS))
    # Secrets shorter and longer than the hash's output and its block, besides our own length.
    own_length = DIGESTS[algorithm]().digest_size
    length = source.choice([own_length, source.randint(16, 160)])
    period = source.choice([30, 30, source.randint(15, 120)])
    seconds = source.choice([
        source.randint(0, 2**31),
        source.randint(0, LATEST_SECONDS),
        # The seconds beside a step's edge.
        source.randint(1, 2**31 // period) * period + source.choice([-1, 0, 1]),
    ])
    return {
        "secret_hex": source.randbytes(length).hex(),
        "algorithm": algorithm,
        "digits": source.choice([6, 8]),
        "period": period,
        "time": seconds,
    }


def pyotp_code(case):
    # pyotp pads secrets itself.
    secret = base64.b32encode(bytes.fromhex(case["secret_hex"])).decode().rstrip("=")
    return pyotp.TOTP(
        secret, digits=case["digits"], digest=DIGESTS[case["algorithm"]], interval=case["period"]
    ).at(case["time"])


def oathtool_code(case):
    return subprocess.run(
        [
            "oathtool", f"--totp={case['algorithm'].lower()}", f"--digits={case['digits']}",
            f"--time-step-size={case['period']}s", f"--now=@{case['time']}", case["secret_hex"],
        ],
        check=True, capture_output=True, text=True,
    ).stdout.strip()


def generate(count, seed):
    source = random.Random(seed)
    cases = [random_case(source) for _ in range(count)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        for case, by_oathtool in zip(cases, pool.map(oathtool_code, cases)):
            case["code"] = pyotp_code(case)
            if case["code"] != by_oathtool:
                sys.exit(f"pyotp says {case['code']} and oathtool {by_oathtool}: {json.dumps(case)}")
            print(json.dumps(case))


def read_uri(uri):
    factor = pyotp.parse_uri(uri)
    return {
        "type": type(factor).__name__,
        "secret": factor.secret,
        "algorithm": factor.digest().name.upper(),
        "digits": factor.digits,
        "period": factor.interval,
        "name": factor.name,
        "issuer": factor.issuer,
    }


def read_uri_by_parts(uri):
    parts = urllib.parse.urlsplit(uri)
    label = urllib.parse.unquote(parts.path.removeprefix("/"), errors="strict")
    issuer, name = label.split(":", 1)
    values = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=True))
    if values["issuer"] != issuer:
        sys.exit("issuer and label differ")
    return {
        "type": parts.netloc.upper(),
        "secret": values["secret"],
        "algorithm": values.get("algorithm", "SHA1"),
        "digits": int(values.get("digits", 6)),
        "period": int(values.get("period", 30)),
        "name": name,
        "issuer": issuer,
    }


def read_qr(path):
    return subprocess.run(
        ["zbarimg", "--quiet", "--raw", path], check=True, capture_output=True, text=True
    ).stdout.removesuffix("\n")


def read_places(path):
    sys.path.insert(0, str(pathlib.Path(path).resolve().parents[3]))
    import maxminddb

    def part(record, *names):
        for name in names:
            try:
                record = record[name]
            except (KeyError, IndexError, TypeError):
                return None
        return record

    with maxminddb.open_database(path, maxminddb.MODE_FILE) as database:
        for network, record in database:
            region = (
                part(record, "subdivisions", 0, "iso_code") or part(record, "subdivisions", 0, "names", "en")
                or part(record, "city", "names", "en"))
            number = (
                part(record, "autonomous_system_number") or part(record, "traits", "autonomous_system_number"))
            print(network[0], part(record, "country", "iso_code") or "", region or "", number or 0, sep="\t")


def main(arguments):
    match arguments:
        case ["generate", count, seed]:
            # pyotp goes through local time.
            os.environ["TZ"] = "UTC"
            time.tzset()
            generate(int(count), int(seed))
        case ["uri", uri]:
            print(json.dumps(read_uri(uri), ensure_ascii=False))
        case ["rfc3986", uri]:
            print(json.dumps(read_uri_by_parts(uri), ensure_ascii=False))
        case ["qr", path]:
            print(read_qr(path))
        case ["places", path]:
            read_places(path)
        case _:
            sys.exit(__doc__.strip())


if __name__ == "__main__":
    main(sys.argv[1:])
