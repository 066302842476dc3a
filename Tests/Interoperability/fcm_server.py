"""Google's token endpoint and Firebase Cloud Messaging, HTTP v1, as far as a sender meets them, and as strict as their
published description.

The tokens follow RFC 7523 and Google's "Using OAuth 2.0 for Server to Server Applications". The fields of a message
are those of the discovery document `fcm:v1`; errors are as in "FCM error codes" (google.rpc.Status with details).

Needs python3-cryptography, so the interpreter is Debian's.
"""

import base64
import json
import pathlib
import re
import secrets
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from providers import ProviderCertificates, Script
from web_server import ACCEPT, Act, Answer, Request, WebServer, json_answer

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
LONGEST_ASSERTION_SECONDS = 3600
CLOCK_SKEW_SECONDS = 60
LONGEST_TTL_SECONDS = 28 * 24 * 3600
LARGEST_PAYLOAD_BYTES = 4096

# A field's type: a Python type, one of the functions below, a list with the type of its elements, or the name of
# another message.
Text, Flag = str, bool


def texts(value, path):
    """A map of text to text."""
    if not isinstance(value, dict):
        yield path, "is no object"
        return
    for key, each in value.items():
        if not isinstance(each, str):
            yield f"{path}.{key}", "is no text"


def data(value, path):
    """A map of text to text without the keys that FCM keeps for itself."""
    yield from texts(value, path)
    for key in value if isinstance(value, dict) else ():
        if key in ("from", "message_type") or key.startswith(("google", "gcm")):
            yield f"{path}.{key}", "is a reserved word"


def anything(value, path):
    """Any object."""
    if not isinstance(value, dict):
        yield path, "is no object"


def duration(value, path):
    """Seconds as "3s" or "3.5s"."""
    if not isinstance(value, str) or re.fullmatch(r"\d{1,12}(\.\d{1,9})?s", value) is None:
        yield path, "is no duration"


def time_to_live(value, path):
    yield from duration(value, path)
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?s", value) and float(value[:-1]) > LONGEST_TTL_SECONDS:
        yield path, "is more than four weeks"


def one_of(*names):
    def check(value, path):
        if value not in names:
            yield path, f"is none of {', '.join(names)}"
    return check


MESSAGES = {
    "SendMessageRequest": {"message": "Message", "validateOnly": Flag},
    "Message": {
        "name": Text, "data": data, "notification": "Notification", "android": "AndroidConfig",
        "webpush": "WebpushConfig", "apns": "ApnsConfig", "fcmOptions": "FcmOptions", "token": Text, "topic": Text,
        "condition": Text,
    },
    "Notification": {"title": Text, "body": Text, "image": Text},
    "FcmOptions": {"analyticsLabel": Text},
    "AndroidConfig": {
        "collapseKey": Text, "priority": one_of("NORMAL", "HIGH"), "ttl": time_to_live,
        "restrictedPackageName": Text, "data": data, "notification": "AndroidNotification",
        "fcmOptions": "FcmOptions", "directBootOk": Flag,
    },
    "AndroidNotification": {
        "title": Text, "body": Text, "icon": Text, "color": Text, "sound": Text, "tag": Text, "clickAction": Text,
        "bodyLocKey": Text, "bodyLocArgs": [Text], "titleLocKey": Text, "titleLocArgs": [Text], "channelId": Text,
        "ticker": Text, "sticky": Flag, "eventTime": Text, "localOnly": Flag,
        "notificationPriority": one_of(
            "PRIORITY_UNSPECIFIED", "PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH",
            "PRIORITY_MAX"),
        "defaultSound": Flag, "defaultVibrateTimings": Flag, "defaultLightSettings": Flag,
        "vibrateTimings": [duration],
        "visibility": one_of("VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"), "notificationCount": int,
        "lightSettings": "LightSettings", "image": Text, "bypassProxyNotification": Flag,
        "proxy": one_of("PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"),
    },
    "LightSettings": {"color": "Color", "lightOnDuration": duration, "lightOffDuration": duration},
    "Color": {"red": float, "green": float, "blue": float, "alpha": float},
    "WebpushConfig": {"headers": texts, "data": texts, "notification": anything, "fcmOptions": "WebpushFcmOptions"},
    "WebpushFcmOptions": {"link": Text, "analyticsLabel": Text},
    "ApnsConfig": {"headers": texts, "payload": anything, "fcmOptions": "ApnsFcmOptions"},
    "ApnsFcmOptions": {"analyticsLabel": Text, "image": Text},
}


def violations(value, kind="SendMessageRequest", path=""):
    """What is wrong in a body: pairs of a field's path and a text."""
    if isinstance(kind, str):
        if not isinstance(value, dict):
            yield path, "is no object"
            return
        for name, each in value.items():
            # JSON of protobuf takes a field's original name too.
            field = MESSAGES[kind].get(re.sub("_([a-z])", lambda match: match[1].upper(), name))
            below = f"{path}.{name}" if path else name
            if field is None:
                yield below, "is no field"
            else:
                yield from violations(each, field, below)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield path, "is no array"
            return
        for number, each in enumerate(value):
            yield from violations(each, kind[0], f"{path}[{number}]")
    elif isinstance(kind, type):
        # In Python a truth value is a number too.
        allowed = (int, float) if kind is float else kind
        if not isinstance(value, allowed) or (isinstance(value, bool) and kind is not bool):
            yield path, f"is no {kind.__name__}"
    else:
        yield from kind(value, path)


def message_violations(body):
    """`violations`, and what holds between the fields."""
    yield from violations(body)
    message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(message, dict):
        yield "message", "is missing"
        return
    if "name" in message:
        yield "message.name", "is for answers"
    if sum(name in message for name in ("token", "topic", "condition")) != 1:
        yield "message", "needs exactly one of token, topic and condition"
    if message.get("token") == "":
        yield "message.token", "is empty"
    payload = message.get("data")
    if isinstance(payload, dict):
        size = sum(len(key.encode()) + len(str(value).encode()) for key, value in payload.items())
        if size > LARGEST_PAYLOAD_BYTES:
            yield "message.data", f"has {size} bytes"


def error_answer(code: int, name: str, message: str, *details: dict, retry_after_seconds: int | None = None) -> Answer:
    """A google.rpc.Status."""
    headers = () if retry_after_seconds is None else (("Retry-After", str(retry_after_seconds)),)
    return json_answer(
        code, {"error": {"code": code, "message": message, "status": name, "details": list(details)}}, *headers)


def fcm_error(code: int, name: str, error_code: str, message: str, retry_after_seconds: int | None = None) -> Answer:
    """A google.rpc.Status with FCM's own detail."""
    return error_answer(
        code, name, message, {"@type": FCM_ERROR, "errorCode": error_code}, retry_after_seconds=retry_after_seconds)


UNREGISTERED = Act(fcm_error(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."))
UNAUTHENTICATED = Act(error_answer(
    401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token."))
INTERNAL = Act(fcm_error(500, "INTERNAL", "INTERNAL", "Internal error encountered."))


def quota_exceeded(retry_after_seconds: int) -> Act:
    return Act(fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded.", retry_after_seconds))


def unavailable(retry_after_seconds: int) -> Act:
    return Act(fcm_error(503, "UNAVAILABLE", "UNAVAILABLE", "The service is overloaded.", retry_after_seconds))


class FcmServer(WebServer):
    """`service_account` is the file a sender is configured with; its `token_uri` is here, and `url` is what stands for
    https://fcm.googleapis.com. `script` says what comes of sends, `token_script` of asking for tokens: the acts above,
    and those of web_server.py.

    A request that is wrong in itself is answered as Google answers it, spends nothing of a script, and leaves a text
    in `refused`. `attempts` has every message that was right, `sent` those that FCM took."""

    name = "fcm-server"

    def __init__(self, folder, certificates: ProviderCertificates, host: str = "localhost", token_seconds: int = 3600):
        super().__init__(folder, certificates, host)
        self.project = f"countersign-{secrets.token_hex(3)}"
        self.account = f"sender@{self.project}.iam.gserviceaccount.com"
        self.token_seconds = token_seconds
        # A test whose sender's clock is another sets this one too.
        self.now = time.time
        self.token_script = Script(ACCEPT)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(20)
        self.tokens: dict[str, float] = {}
        self.dead_tokens: set[str] = set()
        self.refused: list[str] = []
        self.attempts: list[dict] = []
        self.sent: list[dict] = []

    @property
    def service_account(self) -> pathlib.Path:
        return self.folder / "service-account.json"

    @property
    def token_uri(self) -> str:
        return f"{self.url}/token"

    def start(self):
        super().start()
        self.service_account.write_text(json.dumps({
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": self.key_id,
            "private_key": self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
            "client_email": self.account,
            "client_id": "100000000000000000001",
            "auth_uri": f"{self.url}/auth",
            "token_uri": self.token_uri,
            "auth_provider_x509_cert_url": f"{self.url}/certificates",
            "client_x509_cert_url": f"{self.url}/certificates/sender",
            "universe_domain": "googleapis.com",
        }, indent=2))
        self.service_account.chmod(0o600)

    def revoke_tokens(self):
        """Tokens that were given out are good for nothing any more."""
        with self.lock:
            self.tokens.clear()

    @property
    def token_requests(self) -> list[Request]:
        return [request for request in self.requests if request.path == "/token"]

    def script_for(self, request):
        return self.token_script if request.path == "/token" else self.script

    def check(self, request):
        wrong = self.wrong_token_request(request) if request.path == "/token" else self.wrong_send(request)
        if wrong is None:
            return None
        answer, reason = wrong
        self.refused.append(f"{request.path}: {reason}")
        return answer

    def accept(self, request):
        if request.path == "/token":
            token = f"ya29.{secrets.token_urlsafe(120)}"
            self.tokens[token] = time.monotonic() + self.token_seconds
            return json_answer(
                200, {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"})
        body = request.json
        message = body["message"]
        if message.get("token") in self.dead_tokens:
            return UNREGISTERED.answer
        if body.get("validateOnly", body.get("validate_only")) is True:
            return json_answer(200, {"name": f"projects/{self.project}/messages/fake_message_id"})
        self.sent.append(message)
        return json_answer(200, {"name": f"projects/{self.project}/messages/0:{len(self.sent)}"})

    def wrong_token_request(self, request):
        def refusal(reason, error="invalid_grant", code=400):
            return json_answer(code, {"error": error, "error_description": reason}), reason

        if request.method != "POST":
            return refusal("not a POST", "invalid_request")
        if request.headers.get_content_type() != "application/x-www-form-urlencoded":
            return refusal("not a form", "invalid_request")
        try:
            form = request.form
        except ValueError:
            return refusal("not a form", "invalid_request")
        if form.get("grant_type") != GRANT_TYPE:
            return refusal("wrong grant_type", "unsupported_grant_type")
        reason = self.wrong_assertion(form.get("assertion", ""))
        return refusal(reason) if reason else None

    def wrong_assertion(self, assertion) -> str | None:
        """What is wrong in a JWT; None if nothing is."""
        parts = assertion.split(".")
        if len(parts) != 3:
            return "not a JWT"
        try:
            header, claims = (json.loads(base64url(part)) for part in parts[:2])
            signature = base64url(parts[2])
        except ValueError:
            return "not a JWT"
        if not isinstance(header, dict) or not isinstance(claims, dict):
            return "not a JWT"
        if header.get("alg") != "RS256" or header.get("typ", "JWT") != "JWT":
            return "wrong algorithm or type"
        if header.get("kid", self.key_id) != self.key_id:
            return "unknown key"
        try:
            self.key.public_key().verify(
                signature, ".".join(parts[:2]).encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return "wrong signature"
        if claims.get("iss") != self.account or claims.get("sub", self.account) != self.account:
            return "wrong issuer"
        if claims.get("scope") != SCOPE:
            return "wrong scope"
        if claims.get("aud") != self.token_uri:
            return "wrong audience"
        begins, ends = claims.get("iat"), claims.get("exp")
        if not all(isinstance(each, (int, float)) for each in (begins, ends)):
            return "no iat or exp"
        now = self.now()
        if begins > now + CLOCK_SKEW_SECONDS or ends < now or not 0 < ends - begins <= LONGEST_ASSERTION_SECONDS:
            return "wrong iat or exp"
        return None

    def wrong_send(self, request):
        if request.method != "POST" or re.fullmatch(r"/v1/projects/[^/]+/messages:send", request.path) is None:
            return error_answer(404, "NOT_FOUND", "Not found."), f"there is no {request.method}"
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self.tokens.get(token, 0) < time.monotonic():
            return UNAUTHENTICATED.answer, "wrong or expired bearer token"
        if request.path.split("/")[3] != self.project:
            return error_answer(403, "PERMISSION_DENIED", "Permission denied."), "another project"
        if request.headers.get_content_type() != "application/json":
            return error_answer(400, "INVALID_ARGUMENT", "Not JSON."), "not JSON"
        try:
            body = json.loads(request.body, object_pairs_hook=unique)
        except ValueError as error:
            return error_answer(400, "INVALID_ARGUMENT", "Invalid JSON payload received."), f"not JSON: {error}"
        found = list(message_violations(body))
        if found:
            fields = [{"field": path, "description": text} for path, text in found]
            return (
                error_answer(
                    400, "INVALID_ARGUMENT", "Invalid JSON payload received.",
                    {"@type": BAD_REQUEST, "fieldViolations": fields}),
                "; ".join(f"{path} {text}" for path, text in found))
        self.attempts.append(body["message"])
        return None


def base64url(text: str) -> bytes:
    """RFC 7515, section 2: without padding, and nothing else in it."""
    if re.fullmatch("[A-Za-z0-9_-]*", text) is None:
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def unique(pairs):
    """An object that says each thing once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
