"""Is a receipt good for anybody but its audience, for another action, after its minute, or twice?

Three checkers look at each: PyJWT (python3-jwt, so the interpreter is Debian's), the C client, and the server."""

import base64
import hashlib
import json
import pathlib
import subprocess

import jwt
import service
import wire
from attacks_on_callers import spiffe
from attacks_on_policy import Person
from certificates import Authority, client_context
from clock import Clock
from rules import attack, expect, rpc, verdict
from service import ACCEPTED, CONFIGURATION, EXPIRED, OK, REPLAYED, TENANT, TOTP, WRONG_CODE, check

C_CHECKERS = [
    pathlib.Path(__file__).resolve().parents[2] / "clients/c/build" / folder / "tests/receipts" for folder in ("", "asan")]
C_OK, C_RECEIPT, C_KEY = 0, -12, -13
ACTION, AUDIENCE = "payment.create", "payments"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def action_hash(action):
    return base64url(hashlib.sha256(action.encode()).digest())


class Checkers:
    """All that check receipts offline, with the keys that the server gave."""

    def __init__(self, connection):
        message = expect(connection.call(rpc("VerificationService/GetReceiptKeys", {1: TENANT})), OK, "GetReceiptKeys")
        self.keys = {key.text(1): key.fields[2][-1] for key in message.messages(1)}
        self.set = jwt.PyJWKSet.from_dict(json.loads(message.text(2)))
        self.issuer = message.text(3)

    def by_pyjwt(self, receipt, now, tenant=TENANT, audience=AUDIENCE, action=ACTION):
        """The claims; an exception when it is not good."""
        key = next(key for key in self.set.keys if key.key_id == jwt.get_unverified_header(receipt)["kid"])
        claims = jwt.decode(
            receipt, key.key, algorithms=["EdDSA"], audience=audience, issuer=self.issuer,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"], "verify_exp": False, "verify_iat": False})
        assert claims["iat"] <= now + 5 and now < claims["exp"], "not now"
        assert claims["tenant"] == tenant and claims["action_hash"] == action_hash(action), "for another"
        return claims

    def by_c(self, receipts, now, tenant=TENANT, audience=AUDIENCE, action=ACTION):
        """The answers of the C client, as built and under the sanitizers, which must agree."""
        lines = "".join(f"{now} {tenant} {audience} {action} {receipt}\n" for receipt in receipts)
        keys = [f"{name}={key.hex()}" for name, key in self.keys.items()]
        answers = [
            subprocess.run(
                [checker, self.issuer, *keys], input=lines, capture_output=True, text=True, check=True, timeout=300,
            ).stdout.splitlines() for checker in C_CHECKERS]
        check(answers[0] == answers[1], "the two builds of the C client disagree")
        return [line.split() for line in answers[0]]

    def refuse(self, receipts, now, **options):
        """No checker takes any of them."""
        for receipt in receipts:
            try:
                self.by_pyjwt(receipt, now, **options)
            except Exception:
                continue
            raise AssertionError(f"PyJWT takes {receipt!r}")
        codes = {int(answer[0]) for answer in self.by_c(receipts, now, **options)}
        check(codes <= {C_RECEIPT, C_KEY}, f"the C client answers {codes}")

    def take(self, receipt, now, **options):
        """Every checker takes it; the claims."""
        claims = self.by_pyjwt(receipt, now, **options)
        answer = self.by_c([receipt], now, **options)[0]
        check(
            answer == ["0", claims["sub"], claims["acr"], str(claims["iat"]), claims["jti"]],
            f"the C client answers {answer}")
        return claims


@attack
def receipts(report, place):
    """Receipts that are forged, late, early, for others, and shown twice."""
    authority = Authority(place.new("authority"))
    entries = "callers:\n" + authority.caller("shop", '"*"', "[enroll, verify]")
    entries += authority.caller("payments", '"*"', "[check-receipts]")
    entries += authority.caller("other", '"*"', "[check-receipts]")
    clock = Clock(place.folder)
    with place.server(
        configuration=authority.server_section() + CONFIGURATION + entries, prefix=clock.prefix,
    ) as server:

        def connect(name):
            return wire.Connection(server.address, client_context(server, authority.issue(name, spiffe(name))))

        def now():
            return clock.milliseconds() // 1000

        with connect("shop") as shop, connect("payments") as payments, connect("other") as other:
            person = Person(clock, shop)
            checkers = Checkers(payments)

            def verified(action=ACTION, audience=AUDIENCE):
                answer = shop.call(rpc("VerificationService/Verify", {
                    1: TENANT, 2: person.subject, 5: TOTP, 6: person.code(), 9: action, 11: audience}))
                return verdict(answer, ACCEPTED, "verified").text(13)

            def redeem(connection, receipt, action=ACTION, tenant=TENANT):
                answer = connection.call(rpc("VerificationService/RedeemReceipt", {1: tenant, 2: receipt, 3: action}))
                return expect(answer, OK, "RedeemReceipt").number(1)

            with report("PyJWT and the C client take a receipt, and read the same in it"):
                claims = checkers.take(verified(), now())
                check((claims["sub"], claims["acr"], claims["amr"]) == (person.subject, "aal1", ["otp"]), f"{claims}")
                check(claims["exp"] - claims["iat"] == 60 and abs(claims["iat"] - now()) <= 2, f"{claims}")
                check(verified(action="") == "", "a receipt for nothing")
            with report("row 84: for another audience, action or tenant every checker refuses it"):
                receipt = verified()
                for options in ({"audience": "shop"}, {"action": "payment.creat"}, {"tenant": "other"}):
                    checkers.refuse([receipt], now(), **options)
                check(redeem(other, receipt) == WRONG_CODE, "another caller redeems it")
                check(redeem(payments, receipt, action="payment") == WRONG_CODE, "redeemed for another action")
                check(redeem(payments, receipt, tenant="b") == WRONG_CODE, "redeemed for another tenant")
                check(redeem(payments, receipt) == ACCEPTED, "the right one cannot redeem it")
            with report("row 84: good to the last second of its minute and not at the next; F7: nor before its time"):
                receipt = verified()
                issued = jwt.decode(receipt, options={"verify_signature": False})["iat"]
                checkers.take(receipt, issued + 59)
                checkers.refuse([receipt], issued + 60)
                checkers.refuse([receipt], issued - 6)
                clock.advance(62)
                check(redeem(payments, receipt) == EXPIRED, "redeemed late")
                receipt = verified()
                clock.advance(-7)
                check(redeem(payments, receipt) == EXPIRED, "redeemed before its time")
                clock.advance(7)
            with report("row 84: of 64 that redeem one receipt at once one is ACCEPTED"):
                for _ in range(20):
                    receipt = verified()
                    call = rpc("VerificationService/RedeemReceipt", {1: TENANT, 2: receipt, 3: ACTION})
                    answers = []
                    for _ in range(64):
                        payments.put(call, None)
                    while not payments.send():
                        pass
                    while len(answers) < 64:
                        answers += [answer for _, answer in payments.receive()]
                    verdicts = [expect(answer, OK, "RedeemReceipt").number(1) for answer in answers]
                    check(
                        (verdicts.count(ACCEPTED), verdicts.count(REPLAYED)) == (1, 63), f"verdicts {set(verdicts)}")
            with report("a receipt with any character changed, of another key, of none and of other algorithms is refused"):
                receipt = verified()
                header, payload, signature = receipt.split(".")
                forged = []
                for at in range(len(receipt)):
                    for character in "Ab0_":
                        changed = f"{receipt[:at]}{character}{receipt[at + 1:]}"
                        if all(decoded(one) == decoded(two) for one, two in zip(changed.split("."), receipt.split("."))):
                            continue
                        forged.append(changed)
                name = json.loads(decoded(header))["kid"]
                for algorithm in ("none", "HS256", "ES256", "eddsa", "EdDSA "):
                    forged.append(f"{base64url(json.dumps({'alg': algorithm, 'kid': name}).encode())}.{payload}.{signature}")
                own = jwt.encode(
                    json.loads(decoded(payload)), subprocess.run(
                        ["openssl", "genpkey", "-algorithm", "ed25519"], check=True, capture_output=True).stdout,
                    algorithm="EdDSA", headers={"kid": name})
                forged += [
                    own, f"{header}.{payload}.", f"{header}.{payload}", f".{payload}.{signature}", "a.b.c", "..", "x",
                    f"{header}.{payload}.{signature}.x", f"{header}.{payload}.{signature[:-4]}", receipt + "A" * 5000]
                checkers.refuse(forged, now())
                for each in (own, forged[-2], "..", "x"):
                    check(redeem(payments, each) == WRONG_CODE, f"redeemed {each!r}")
                checkers.take(receipt, now())
            with report("keys change every 30 days by themselves; who asked before knows the next one"):
                before = checkers
                for _ in range(3):
                    clock.advance(30 * 86_400)
                    receipt = verified()
                    before.take(receipt, now())
                    check(redeem(payments, receipt) == ACCEPTED, "not redeemed")
                    before = Checkers(payments)
                receipt = verified()
                check(checkers.by_c([receipt], now())[0] == [str(C_KEY)], "an old set knows a new key")
            server.stop()


@attack
def receipts_after_crashes(report, place):
    """Receipts that are spent before and after a server is killed."""
    clock = Clock(place.folder)
    with place.server(prefix=clock.prefix) as server:
        def redeem(connection, receipt):
            answer = connection.call(rpc("VerificationService/RedeemReceipt", {1: TENANT, 2: receipt, 3: ACTION}))
            return expect(answer, OK, "RedeemReceipt").number(1)

        with report("after kill -9 the keys are the same, a receipt is good, and one that was spent stays so"):
            with wire.Connection(server.address) as connection:
                person = Person(clock, connection)
                receipts = []
                for _ in range(2):
                    # For this caller, as no audience is named.
                    answer = connection.call(rpc("VerificationService/Verify", {
                        1: TENANT, 2: person.subject, 5: TOTP, 6: person.code(), 9: ACTION}))
                    receipts.append(verdict(answer, ACCEPTED, "verified").text(13))
                keys = Checkers(connection).keys
                check(redeem(connection, receipts[0]) == ACCEPTED, "not redeemed")
            server.kill()
            server.start()
            with wire.Connection(server.address) as connection:
                check(Checkers(connection).keys == keys, "the keys differ")
                check(redeem(connection, receipts[0]) == REPLAYED, "spent twice")
                check(redeem(connection, receipts[1]) == ACCEPTED, "not redeemed after a restart")
        server.stop()


def decoded(part):
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return None
