"""Does only who may call get an answer, and only to what it may ask?"""

import re
import ssl
import subprocess

import rules
import service
import wire
from certificates import Authority, client_context
from rules import PROTOS, attack, expect, rpc, tool, verdict
from service import ACCEPTED, CONFIGURATION, OK, TENANT, TOTP, check

NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION, UNAUTHENTICATED = 5, 7, 9, 16
PING = rpc("grpc.health.v1.Health/Check", {})


def outcome(server, context):
    """"refused" when the connection comes to nothing, else the status of a ping."""
    try:
        return wire.call(server.address, PING, context).code
    except (ssl.SSLError, ConnectionError):
        return "refused"


def spiffe(name):
    return f"URI:spiffe://attack.test/{name}"


@attack
def transport(report, place):
    """Old protocols, weak ciphers and certificates that are wrong in one way each."""
    authority = Authority(place.new("authority"))
    other = Authority(place.new("other-authority"))
    good = authority.issue("good", spiffe("good"))
    revoked = authority.issue("revoked", spiffe("good"))
    serials = place.folder / "revoked.txt"
    serials.write_text(f"# withdrawn\n{authority.serial(revoked)}\n")
    configuration = authority.server_section(serials) + CONFIGURATION + authority.callers(good="[verify]")
    with place.server(configuration=configuration) as server:
        with report("row 95: sslscan finds TLS 1.2 and 1.3 alone, and forward-secret AEAD ciphers alone"):
            scan = subprocess.run(
                [tool("sslscan"), "--no-colour", "--no-heartbleed", f"--certs={good[0]}", f"--pk={good[1]}",
                 server.address],
                capture_output=True, text=True, timeout=60).stdout
            protocols = dict(re.findall(r"^((?:SSL|TLS)v[\d.]+) +(enabled|disabled)", scan, re.MULTILINE))
            check(
                {name for name, state in protocols.items() if state == "enabled"} == {"TLSv1.2", "TLSv1.3"}
                and {"SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"} <= protocols.keys(),
                f"the protocols are {protocols}")
            ciphers = re.findall(r"^(?:Preferred|Accepted) +(TLSv[\d.]+) +\d+ bits +(\S+)", scan, re.MULTILINE)
            check({"TLSv1.2", "TLSv1.3"} == {protocol for protocol, _ in ciphers}, f"the ciphers are {ciphers}")
            for protocol, cipher in ciphers:
                check(
                    re.fullmatch(r"(TLS|ECDHE-\w+)[-_](AES|CHACHA20).*(GCM[-_]SHA\d+|POLY1305.*)", cipher) is not None,
                    f"{protocol} has {cipher}")
        with report("row 95: a client that insists on TLS 1.1, or on plain text, gets nothing"):
            old = client_context(server, good)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
            old.set_ciphers("ALL:@SECLEVEL=0")
            check(outcome(server, old) == "refused", "TLS 1.1 was spoken")
            check(outcome(server, None) == "refused", "plain text was spoken")
        with report("row 95: TLS 1.2 and 1.3 are both spoken"):
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                context = client_context(server, good)
                context.minimum_version = context.maximum_version = version
                check(outcome(server, context) == OK, f"{version.name} was not spoken")

        years = ("20200101000000Z", "20200102000000Z"), ("20890101000000Z", "20890102000000Z")
        wrong = {
            "no certificate": None,
            "a certificate of another authority": other.issue("good", spiffe("good")),
            "another authority's own certificate": (other.folder / "ca.pem", other.folder / "ca.key"),
            "an expired certificate": authority.issue("expired", spiffe("good"), begins=years[0][0], ends=years[0][1]),
            "a certificate that is not valid yet": authority.issue(
                "early", spiffe("good"), begins=years[1][0], ends=years[1][1]),
            "a certificate for servers only": authority.issue("server-only", spiffe("good"), usage="serverAuth"),
            "a certificate on the deny-list": revoked,
            "a certificate without a name but its common name": authority.issue("good-by-cn", ""),
        }
        for name, certificate in wrong.items():
            with report(f"row 96: {name} is refused, and the log says so"):
                lines = len(rules.log_lines(server))

                def refused_and_logged():
                    found = outcome(server, client_context(server, certificate))
                    check(found == "refused", f"it was answered with status {found}")
                    return any(line["message"] == "connection refused" for line in rules.log_lines(server)[lines:])

                # Again and again: the log has no more than ten such lines a second.
                rules.wait_until(refused_and_logged, "a line in the log")
        with report("row 96: a valid certificate whose name has no entry is answered UNAUTHENTICATED"):
            for name in (spiffe("stranger"), "DNS:good", spiffe("GOOD"), spiffe("good/"), "DNS:spiffe.attack.test"):
                stranger = authority.issue("stranger", name)
                with wire.Connection(server.address, client_context(server, stranger)) as connection:
                    for call in (PING, service.verify("someone", TOTP, "123456")):
                        expect(connection.call(call), UNAUTHENTICATED, name, "CALLER_UNKNOWN")
        with report("row 127: names in certificates that forge log lines or steer terminals do not reach the log raw"):
            for number, text in enumerate([
                "spiffe://attack.test/\x1b[31m", "spiffe://attack.test/a\\r\\nb", "spiffe://attack.test/\x9b",
                'spiffe://attack.test/\\"}\\n{\\"level\\":\\"critical\\"',
            ]):
                poisoned = authority.issue(f"poisoned-{number}", f"URI:{text}")
                found = outcome(server, client_context(server, poisoned))
                check(found in ("refused", UNAUTHENTICATED), f"{text!r}: status {found}")
            rules.log_lines(server)
        with report("row 96: the good certificate is still good after all that"):
            check(outcome(server, client_context(server, good)) == OK, "it was refused")


def scopes_of_methods():
    """The scope of each RPC by the proto's own comment: {"countersign.v1.Service/Method": scope}."""
    found = {}
    for path in sorted(PROTOS.glob("*.proto")):
        name = comment = ""
        for line in path.read_text().splitlines():
            line = line.strip()
            if line.startswith("service "):
                name = line.split()[1]
            if line.startswith("//"):
                comment += line[2:]
            elif line.startswith("rpc "):
                scopes = re.findall(r"Scope +`([a-z-]+)`", comment)
                method = re.match(r"rpc (\w+)", line).group(1)
                check(scopes, f"{name}/{method} has no scope in its comment")
                found[f"countersign.v1.{name}/{method}"] = scopes[-1]
                comment = ""
            else:
                comment = ""
    return found


ALL = "[enroll, verify, evaluate, recover, approve-recovery, administer, audit, relay, check-receipts]"


@attack
def authorisation(report, place):
    """Callers with one scope and one tenant each, against every RPC."""
    authority = Authority(place.new("authority"))
    wanted = scopes_of_methods()
    scopes = ["enroll", "verify", "recover", "administer", "audit", "evaluate", "approve-recovery", "relay",
              "return-code", "assert-primary", "assert-device", "assert-network", "assert-risk", "check-receipts", "bind-without-proof"]
    entries = "callers:\n" + "".join(authority.caller(f"only-{scope}", '"*"', f"[{scope}]") for scope in scopes)
    entries += authority.caller("everything-a", "[a]", ALL) + authority.caller("everything-b", "[b]", ALL)
    entries += authority.caller("binder-a", "[a]", "[enroll, verify, bind-without-proof]")
    with place.server(configuration=authority.server_section() + CONFIGURATION + entries) as server:

        def connect(name):
            certificate = authority.issue(name, spiffe(name))
            return wire.Connection(server.address, client_context(server, certificate))

        with report("row 97: for every RPC and every scope, exactly the scope in the proto's comment opens it"):
            methods = {name for name in place.methods() if name.startswith("countersign.")}
            check(methods == wanted.keys(), f"without a scope, or without an RPC: {methods ^ wanted.keys()}")
            for scope in scopes:
                with connect(f"only-{scope}") as connection:
                    for name in sorted(methods):
                        answer = connection.call(rpc(name, {1: TENANT}))
                        opened = not (answer.code == PERMISSION_DENIED and answer.reason == "SCOPE_MISSING")
                        check(
                            opened == (wanted[name] == scope),
                            f"{name} with scope {scope}: status {answer.code} {answer.reason}")
                        garbage = connection.call(rpc(name, b"\xff\xff\xff"))
                        check(
                            opened or garbage.code == PERMISSION_DENIED,
                            f"{name} with scope {scope} read a request before its scope")
                    expect(connection.call(PING), OK, "the ping")

        with connect("everything-a") as a, connect("everything-b") as b:
            step = service.present_step()
            secret, _ = rules.converse(a, service.enroll("shared", step, tenant="a"))
            rules.converse(b, service.enroll("shared", step, tenant="b"))
            factor = expect(a.call(service.list_factors("shared", tenant="a")), OK, "own").message(1).text(1)

            with report("row 97: every RPC refuses a caller another's tenant, known subject or not, alike"):
                for name in sorted(methods):
                    known = b.call(rpc(name, {1: "a", 2: "shared", 4: factor}))
                    unknown = b.call(rpc(name, {1: "a", 2: "nobody", 4: factor}))
                    nowhere = b.call(rpc(name, {1: "no-such-tenant", 2: "nobody", 4: factor}))
                    expect(known, PERMISSION_DENIED, name, "TENANT_NOT_ALLOWED")
                    check(known.bytes == unknown.bytes == nowhere.bytes, f"{name} tells known and unknown apart")

            with report("row 98: an id of one tenant is to another the same as an unknown id"):
                # Of the same form, but for its last letters.
                made_up = factor[:-4] + "".join("a" if letter != "a" else "b" for letter in factor[-4:])
                probes = {
                    "EnrollmentService/GetFactor": {3: None},
                    "EnrollmentService/ActivateFactor": {4: None, 5: "123456"},
                    "EnrollmentService/RenameFactor": {4: None, 5: "mine"},
                    "EnrollmentService/SuspendFactor": {4: None},
                    "EnrollmentService/ResumeFactor": {4: None},
                    "EnrollmentService/RevokeFactor": {4: None},
                    "SubjectService/UnlockFactor": {4: None},
                    "VerificationService/Verify": {4: None, 6: service.totp(secret, step + 1)},
                }
                for name, fields in probes.items():
                    foreign, unknown = (
                        b.call(rpc(name, {
                            1: "b", 2: "shared",
                            **{field: factor_id if value is None else value for field, value in fields.items()}}))
                        for factor_id in (factor, made_up))
                    expect(foreign, NOT_FOUND, name, "FACTOR_NOT_FOUND")
                    check(foreign.bytes == unknown.bytes, f"{name} tells a foreign id from an unknown one")
                state = service.Factor(
                    expect(a.call(service.list_factors("shared", tenant="a")), OK, "own").message(1))
                check(state.attempts_left == 10, "a stranger's guess was charged")

            with report("row 98: neither cursors nor page tokens nor proofs cross from one tenant to another"):
                verified = verdict(
                    a.call(service.verify("shared", TOTP, service.totp(secret, step + 1), tenant="a")),
                    ACCEPTED, "own code")
                pseudonyms_of_a, pseudonyms_of_b = (
                    {event.text(3) for event in rules.events(who, tenant)} for who, tenant in ((a, "a"), (b, "b")))
                check(pseudonyms_of_a.isdisjoint(pseudonyms_of_b), "an event is in two tenants")
                first = a.call(rpc("AuditService/ListEvents", {1: "a", 3: 1}))
                crossed = b.call(service.list_events("b", first.message.text(2)))
                check(
                    {event.text(3) for event in crossed.message.messages(1)} <= pseudonyms_of_b,
                    "a cursor opened another tenant's events")
                start = {1: "b", 2: "shared", 4: TOTP, 7: verified.text(2)}
                expect(
                    b.call(rpc("EnrollmentService/StartEnrollment", start)), FAILED_PRECONDITION, "another's proof",
                    "PROOF_STALE")

            with report("row 73: a further factor needs a fresh proof of one that is there"):
                start = {1: "a", 2: "shared", 4: TOTP}
                name = "EnrollmentService/StartEnrollment"
                expect(a.call(rpc(name, start)), FAILED_PRECONDITION, "without a proof", "PROOF_REQUIRED")
                for what, proof in (
                    ("made up", verified.text(2)[:-4] + "zzzz"), ("a factor's id", factor), ("text", "verified"),
                ):
                    expect(a.call(rpc(name, {**start, 7: proof})), FAILED_PRECONDITION, what, "PROOF_STALE")
                rules.converse(a, service.enroll("neighbour", service.present_step(), tenant="a"))
                expect(
                    a.call(rpc(name, {1: "a", 2: "neighbour", 4: TOTP, 7: verified.text(2)})), FAILED_PRECONDITION,
                    "the proof of another subject", "PROOF_STALE")
                expect(
                    a.call(rpc("RecoveryService/GenerateBackupCodes", {1: "a", 2: "shared"})), FAILED_PRECONDITION,
                    "backup codes without a proof", "PROOF_REQUIRED")
                expect(a.call(rpc(name, {**start, 7: verified.text(2)})), OK, "with the proof")
            with report("row 73: without a proof only scope bind-without-proof adds a factor"):
                with connect("binder-a") as binder:
                    expect(binder.call(rpc(name, start)), OK, "with the scope")
                # Begun before the first factor was active, ended after: the back door of a race.
                early = [
                    service.enrolled(a.call(service.start_enrollment("raced", tenant="a"))) for _ in range(2)]
                step = service.present_step()
                verdict(
                    a.call(service.activate_factor("raced", early[0][0], service.totp(early[0][1], step), tenant="a")),
                    ACCEPTED, "the first factor")
                second = a.call(
                    service.activate_factor("raced", early[1][0], service.totp(early[1][1], step), tenant="a"))
                check(
                    second.code == FAILED_PRECONDITION,
                    f"a factor begun without a proof was activated beside an active one: status {second.code}")
