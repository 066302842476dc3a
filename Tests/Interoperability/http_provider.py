"""A provider of text messages over HTTP, or HTTPS, that does every wrong thing it is told to.

Each request that it accepts is a message and costs money, also where the caller never hears of it."""

from typing import Callable

from providers import ProviderCertificates
from web_server import Answer, Request, WebServer, json_answer


def plain_receipt(request: Request, number: int) -> Answer:
    """Some provider's answer."""
    return json_answer(200, {"id": f"message-{number}", "status": "accepted"})


def kannel_receipt(request: Request, number: int) -> Answer:
    """As Kannel's sendsms answers."""
    return Answer(202, b"0: Accepted for delivery", (("Content-Type", "text/html"),))


def twilio_receipt(request: Request, number: int) -> Answer:
    """As Twilio's Messages resource answers, as far as callers read it."""
    form = request.form
    return json_answer(201, {
        "sid": f"SM{number:032x}", "status": "queued", "to": form.get("To"), "body": form.get("Body"),
        "error_code": None, "error_message": None})


class HttpProvider(WebServer):
    """`script` says what comes next: see the acts of web_server.py, such as ACCEPT_THEN_DROP, slow(30), status(429, 5),
    redirect(url) and huge(size). `show(EXPIRED)` and the like change the certificate, where there is TLS."""

    name = "http-provider"

    def __init__(
        self, folder, certificates: ProviderCertificates | None = None, host: str = "localhost",
        receipt: Callable[[Request, int], Answer] = plain_receipt, price_cents: int = 5,
    ):
        super().__init__(folder, certificates, host)
        self.receipt = receipt
        self.price_cents = price_cents
        self.accepted: list[Request] = []

    @property
    def cost_cents(self) -> int:
        return len(self.accepted) * self.price_cents

    def accept(self, request):
        self.accepted.append(request)
        return self.receipt(request, len(self.accepted))
