"""What the providers of the tests have in common: the certificates that they show, and what they were told to do."""

import collections
import pathlib
import ssl
import threading

from certificates import Authority

RIGHT, WRONG_NAME, EXPIRED, UNKNOWN_CA = "right", "wrong-name", "expired", "unknown-ca"


class ProviderCertificates:
    """Certificates of a server on this machine, made in a folder: a right one, and one for each thing that can be
    wrong. A client trusts `ca`."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "stranger").mkdir()
        authority, stranger = Authority(folder), Authority(folder / "stranger")
        here = ("DNS:localhost", "IP:127.0.0.1")
        self.ca = folder / "ca.pem"
        pairs = {
            RIGHT: authority.issue(RIGHT, *here, usage="serverAuth"),
            WRONG_NAME: authority.issue(WRONG_NAME, "DNS:provider.invalid", "IP:127.9.9.9", usage="serverAuth"),
            EXPIRED: authority.issue(
                EXPIRED, *here, usage="serverAuth", begins="20200101000000Z", ends="20200102000000Z"),
            UNKNOWN_CA: stranger.issue(UNKNOWN_CA, *here, usage="serverAuth"),
        }
        self.contexts = {}
        for kind, pair in pairs.items():
            self.contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.contexts[kind].load_cert_chain(*pair)

    def client_context(self) -> ssl.SSLContext:
        """A client that trusts the right authority alone."""
        return ssl.create_default_context(cafile=self.ca)


class Script:
    """What a provider does next: what was queued, each once, and then always the same."""

    def __init__(self, usual):
        self.usual = usual
        self.queue = collections.deque()
        self.lock = threading.Lock()

    def then(self, *acts):
        """Queues acts, each for one time."""
        with self.lock:
            self.queue.extend(acts)

    def always(self, act):
        """From now on this, and nothing that was queued."""
        with self.lock:
            self.queue.clear()
            self.usual = act

    def next(self, fits=lambda act: True):
        """Takes the next act; None, and leaves it where it is, if it does not fit."""
        with self.lock:
            act = self.queue[0] if self.queue else self.usual
            if not fits(act):
                return None
            return self.queue.popleft() if self.queue else act
