"""A client for the native wire, written from proto/PROTOCOL.md alone: frames, the little protobuf it takes, and
an engine that keeps many calls in flight on several connections from one thread. Python's standard library only.
"""

import itertools
import selectors
import socket
import struct
import time

REQUEST, RESPONSE = 1, 2
HEADER = struct.Struct(">IIBB")
SILENCE_SECONDS = 30


class WireError(Exception):
    """The peer broke the protocol or fell silent."""


# ── Protobuf ─────────────────────────────────────────────────────────────────────────────────────────────────


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(fields):
    """A message from {field number: int, str, bytes or a list of them}; empty values are left out."""
    out = bytearray()
    for number, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            if not value:
                continue
            if isinstance(value, int):
                out += varint(number << 3) + varint(value)
            else:
                data = value.encode() if isinstance(value, str) else value
                out += varint(number << 3 | 2) + varint(len(data)) + data
    return bytes(out)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


class Message:
    """A received message: values by field number."""

    def __init__(self, data):
        self.data = bytes(data)
        self.fields = {}
        at = 0
        while at < len(self.data):
            key, at = read_varint(self.data, at)
            value, at = read_varint(self.data, at)
            if key & 7 == 2:
                if at + value > len(self.data):
                    raise WireError("a field reaches beyond its message")
                value, at = self.data[at : at + value], at + value
            elif key & 7 != 0:
                raise WireError(f"a field of wire type {key & 7}")
            self.fields.setdefault(key >> 3, []).append(value)

    def number(self, field):
        return self.fields.get(field, [0])[-1]

    def text(self, field):
        return self.fields.get(field, [b""])[-1].decode()

    def texts(self, field):
        return [value.decode() for value in self.fields.get(field, [])]

    def message(self, field):
        return Message(self.fields.get(field, [b""])[-1])

    def messages(self, field):
        return [Message(value) for value in self.fields.get(field, [])]


# ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────


class Call:
    """A request. `fields` are its message's, or its bytes; `metadata` goes along in the envelope."""

    def __init__(self, service, method, fields, metadata=()):
        self.method = method
        payload = fields if isinstance(fields, bytes) else encode(fields)
        pairs = [encode({1: key, 2: value}) for key, value in metadata]
        self.request = encode({1: service, 2: method, 3: payload, 5: pairs})


class Answer:
    """What came back: a status code (0 is OK) with its reason, and the answer's message."""

    def __init__(self, response):
        envelope = Message(response)
        status = envelope.message(1)
        self.bytes = bytes(response)
        self.code = status.number(1)
        self.status_text = status.text(2)
        # google.protobuf.Any.value of the first detail is a google.rpc.ErrorInfo.
        self.reason = status.messages(3)[0].message(2).text(1) if 3 in status.fields else ""
        self.message = envelope.message(2)


class Unanswered:
    """The connection ended first: the call may have had its effect, or not."""

    code = None


class Connection:
    """A connection, over TLS where an ssl.SSLContext is given; such a one is not for an Engine."""

    def __init__(self, address, tls=None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.output = bytearray()
        self.input = bytearray()
        self.waiting = {}
        self.streams = itertools.count(1, 2)

    def put(self, call, taker):
        stream = next(self.streams)
        self.waiting[stream] = taker
        self.output += HEADER.pack(len(call.request), stream, REQUEST, 0) + call.request

    def send(self):
        """False when bytes are left over."""
        sent = self.socket.send(self.output) if self.output else 0
        del self.output[:sent]
        return not self.output

    def receive(self):
        """Reads once; the answers that are complete, with their takers."""
        data = self.socket.recv(256 * 1024)
        if not data:
            raise ConnectionError("closed by the peer")
        self.input += data
        answers, at = [], 0
        while len(self.input) - at >= HEADER.size:
            length, stream, kind, _ = HEADER.unpack_from(self.input, at)
            if len(self.input) - at < HEADER.size + length:
                break
            if kind != RESPONSE or stream not in self.waiting:
                raise WireError(f"a frame of type {kind} for stream {stream}, which waits for none")
            body = self.input[at + HEADER.size : at + HEADER.size + length]
            answers.append((self.waiting.pop(stream), Answer(body)))
            at += HEADER.size + length
        del self.input[:at]
        return answers

    def reset(self):
        """Ends the connection without reading what is on its way."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


    def call(self, one):
        """Sends a call and waits for its answer."""
        self.put(one, None)
        while not self.send():
            pass
        while True:
            for _, answer in self.receive():
                return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def call(address, one, tls=None):
    """One call on a connection of its own."""
    with Connection(address, tls) as connection:
        return connection.call(one)


# ── Engine ───────────────────────────────────────────────────────────────────────────────────────────────────


class Engine:
    """Runs many conversations at once. A conversation is a generator that yields a Call, or a list of Calls to
    send at the same moment over all connections, and is sent the Answer, or the list of them."""

    def __init__(self, address, connections=16):
        self.selector = selectors.DefaultSelector()
        self.connections = [Connection(address) for _ in range(connections)]
        for connection in self.connections:
            connection.socket.setblocking(False)
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self.turn = itertools.cycle(range(connections))

    def close(self):
        for connection in self.connections:
            connection.socket.close()
        self.selector.close()

    def run(self, conversations, at_once, seconds=None, at_end=None):
        """Keeps `at_once` conversations going until they are all through. With `seconds`, `at_end` is called
        after that time, and the run ends when no connection is left."""
        waiting = iter(conversations)
        going = 0
        end = None if seconds is None else time.monotonic() + seconds

        def advance(conversation, answer):
            nonlocal going
            try:
                wanted = conversation.send(answer)
            except StopIteration:
                going -= 1
                return
            if self.connections:
                self._put(conversation, wanted, advance)
            else:
                conversation.close()
                going -= 1

        while True:
            while going < at_once and self.connections and (end is None or time.monotonic() < end):
                conversation = next(waiting, None)
                if conversation is None:
                    break
                going += 1
                advance(conversation, None)
            self._flush()
            if going == 0:
                if end is not None:
                    at_end()
                return
            patience = SILENCE_SECONDS if end is None else max(0, end - time.monotonic())
            ready = self.selector.select(patience)
            if end is not None and time.monotonic() >= end:
                at_end()
                end, waiting = None, iter(())
            elif not ready and end is None:
                raise WireError(f"no answer for {SILENCE_SECONDS} seconds")
            for key, events in ready:
                if not events & selectors.EVENT_READ:
                    continue
                try:
                    for take, answer in key.data.receive():
                        take(answer)
                except ConnectionError:
                    self._drop(key.data)

    def _put(self, conversation, wanted, advance):
        if isinstance(wanted, Call):
            self.connections[next(self.turn) % len(self.connections)].put(
                wanted, lambda answer: advance(conversation, answer))
            return
        answers, missing = [None] * len(wanted), len(wanted)

        def taker(index):
            def take(answer):
                nonlocal missing
                answers[index] = answer
                missing -= 1
                if missing == 0:
                    advance(conversation, answers)
            return take

        for index, one in enumerate(wanted):
            self.connections[next(self.turn) % len(self.connections)].put(one, taker(index))

    def _flush(self):
        for connection in list(self.connections):
            if not connection.output:
                continue
            try:
                done = connection.send()
            except BlockingIOError:
                done = False
            except ConnectionError:
                # Closed by the peer; the answers that it sent before are still to be read.
                connection.output.clear()
                continue
            events = selectors.EVENT_READ | (0 if done else selectors.EVENT_WRITE)
            if self.selector.get_key(connection.socket).events != events:
                self.selector.modify(connection.socket, events, connection)

    def _drop(self, connection):
        self.connections.remove(connection)
        self.selector.unregister(connection.socket)
        connection.socket.close()
        for take in list(connection.waiting.values()):
            take(Unanswered())
