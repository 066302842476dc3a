"""An SMTP server for the tests: aiosmtpd, with trouble on demand.

    smtp_process.py MODE [CERTIFICATE KEY]

MODE is plain, starttls, nostarttls (offers none) or tls. With a certificate it asks for AUTH user / p@ss.
Prints its port, then one JSON object a message it took. What it does with a message is in the recipient:
rcpt451@, rcpt550@, data451@, data554@, hang@ (after the data), drop@ (after the data), hangrcpt@.
"""

import asyncio
import json
import socket
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "rcpt451":
            return "451 try later"
        if name == "rcpt550":
            return "550 no such mailbox: secret words"
        if name == "hangrcpt":
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "hang":
            await asyncio.sleep(60)
        if name == "drop":
            server.transport.abort()
            return "250 OK"
        if name == "data451":
            return "451 try later"
        if name == "data554":
            return "554 looks like spam"
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "data": envelope.content.decode("ascii"),
                    "peer": session.peer[1],
                    "tls": server.transport.get_extra_info("ssl_object") is not None,
                    "login": bool(session.authenticated),
                }
            ),
            flush=True,
        )
        return "250 OK queued"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"user" and data.password == b"p@ss"
    return AuthResult(success=good, handled=good)


def main():
    mode = sys.argv[1]
    context = None
    if len(sys.argv) > 3:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    handler = Handler()
    needs_login = mode in ("starttls", "tls")

    def factory():
        return SMTP(
            handler,
            hostname="test",
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            authenticator=authenticate,
            auth_required=needs_login,
            auth_require_tls=mode == "starttls",
        )

    async def serve():
        listener = socket.create_server(("127.0.0.1", 0))
        server = await asyncio.get_running_loop().create_server(
            factory, sock=listener, ssl=context if mode == "tls" else None
        )
        print(listener.getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    asyncio.run(serve())


main()
