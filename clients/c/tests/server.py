#!/usr/bin/env python3
"""A server that misbehaves on request, for the tests of the C client. Standard library only.

usage: server.py PORTS_FILE CERTIFICATE KEY CA

Listens on three free ports of 127.0.0.1 and writes them to PORTS_FILE: plain text, TLS with client certificates, and
one that accepts and then says nothing. A Health/Check names in `service` what is to be done; a Verify says it in
`code`. Everything is answered frame by frame as WIRE rules have it, or on purpose not.
"""
import os
import socket
import ssl
import struct
import sys
import threading
import time

REQUEST, RESPONSE, DATA = 1, 2, 3
LARGEST = 4 << 20
lock = threading.Lock()
connections = 0
seen = {}


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def parse(message):
    """Field number to its values, in order: enough for the messages used here."""
    fields, at = {}, 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = read_varint()
        value = read_varint()
        if tag & 7 == 2:
            value, at = message[at:at + value], at + value
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def text(fields, number):
    return fields.get(number, [b""])[-1].decode()


def frame(stream, data, kind=RESPONSE, flags=0):
    return struct.pack(">IIBB", len(data), stream, kind, flags) + data


def status(code, message, details=b""):
    return field(1, field(1, code) + field(2, message) + details)


def error_details():
    def entry(key, value):
        return field(4 - 1, field(1, key) + field(2, value))

    info = field(1, "FACTOR_NOT_FOUND") + field(2, "countersign") + entry("hint", "List the factors.")
    violation = field(1, field(1, "factor_id") + field(2, "is unknown"))
    return b"".join(
        field(3, field(1, "type.googleapis.com/google.rpc." + name) + field(2, value))
        for name, value in [("ErrorInfo", info), ("RetryInfo", b"\xff"), ("BadRequest", violation)])


SERVING = field(2, field(1, 1))


class Connection:
    def __init__(self, sock):
        global connections
        with lock:
            connections += 1
            self.number = connections
        self.socket = sock
        self.write_lock = threading.Lock()

    def send(self, data):
        try:
            with self.write_lock:
                self.socket.sendall(data)
        except OSError:
            pass

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self):
        # Not a TLS goodbye: the connection just ends.
        socket.socket.close(self.socket)
        raise EOFError

    def serve(self):
        try:
            while True:
                length, stream, kind, flags = struct.unpack(">IIBB", self.read(10))
                if kind != REQUEST or flags != 0 or stream % 2 != 1 or length > LARGEST:
                    self.end()
                self.answer(stream, parse(self.read(length)))
        except (EOFError, OSError):
            pass
        finally:
            self.socket.close()

    def answer(self, stream, request):
        payload = parse(request.get(3, [b""])[-1])
        method = text(request, 2)
        if method == "Verify":
            self.verify(stream, payload)
        elif method == "StartEnrollment":
            self.send(frame(stream, field(2, field(10, field(2, "otpauth://totp/" + text(payload, 2))))))
        else:
            what, _, argument = (text(payload, 1) or "ok").partition(":")
            getattr(self, what.replace("-", "_"))(stream, argument, request)

    def verify(self, stream, payload):
        """Answers with the idempotency keys under which this subject was asked about."""
        subject, key, code = text(payload, 2), text(payload, 3), text(payload, 6)
        with lock:
            keys = seen.setdefault(subject, [])
            keys.append(key)
            answer = field(1, 1) + field(2, " ".join(keys)) + field(3, code)
        if code == "reset-once" and len(keys) == 1:
            self.reset()
        self.send(frame(stream, field(2, answer)))

    # What a Health/Check can ask for.

    def ok(self, stream, *_):
        self.send(frame(stream, SERVING))

    def ok_empty_status(self, stream, *_):
        self.send(frame(stream, b"\x0a\x00" + SERVING))

    def zero_length(self, stream, *_):
        self.send(frame(stream, b""))

    def connection(self, stream, *_):
        self.send(frame(stream, status(9, str(self.number))))

    def attempts(self, stream, argument, _):
        self.send(frame(stream, status(9, str(len(seen.get(argument, []))))))

    def metadata(self, stream, _, request):
        pairs = [parse(pair) for pair in request.get(5, [])]
        told = ",".join(f"{text(pair, 1)}={text(pair, 2)}" for pair in pairs)
        self.send(frame(stream, status(9, told)))

    def time_left(self, stream, _, request):
        self.send(frame(stream, status(9, str(request[4][-1]))))

    def refuse(self, stream, argument, _):
        self.send(frame(stream, status(int(argument), "no such factor", error_details()) + field(2, "a payload beside")))

    def garbage_details(self, stream, *_):
        self.send(frame(stream, status(5, "kept", field(3, field(1, "x/google.rpc.ErrorInfo") + field(2, b"\xff\xff")))))

    def oversize(self, stream, *_):
        self.send(frame(stream, bytes(LARGEST + 1)))

    def largest(self, stream, *_):
        self.send(frame(stream, SERVING + field(15, bytes(LARGEST - len(SERVING) - 5))))

    def first_byte(self, stream, *_):
        self.send(b"\x01" + frame(stream, SERVING)[1:])

    def http(self, *_):
        self.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    def garbage(self, stream, *_):
        self.send(frame(stream, b"\xff\xff\xff\xff garbage"))

    def garbage_payload(self, stream, *_):
        self.send(frame(stream, field(2, b"\xff\xff garbage")))

    def truncated_message(self, stream, *_):
        self.send(frame(stream, SERVING[:-1]))

    def wrong_streams(self, stream, *_):
        for other in (0, 2, stream + 1, stream + 2, 0xffffffff):
            self.send(frame(other, status(13, "not yours")))
        self.ok(stream)

    def unknown_types(self, stream, *_):
        for kind in (0, REQUEST, DATA, 4, 5, 7, 255):
            self.send(frame(stream, status(13, "not a response"), kind, 0xff))
        self.ok(stream)

    def duplicate(self, stream, *_):
        self.send(frame(stream, SERVING) + frame(stream, status(13, "again")) + frame(stream, b"\xff"))

    def drip(self, stream, *_):
        for byte in frame(stream, SERVING):
            self.send(bytes([byte]))
            time.sleep(0.002)

    def header_only(self, stream, *_):
        self.send(struct.pack(">IIBB", LARGEST, stream, RESPONSE, 0) + b"\x12")

    def half_header(self, stream, *_):
        self.send(frame(stream, SERVING)[:7])

    def close_in_header(self, stream, argument, _):
        self.note(argument)
        self.send(frame(stream, SERVING)[:7])
        self.end()

    def close_in_frame(self, stream, argument, _):
        self.note(argument)
        self.send(frame(stream, SERVING)[:-1])
        self.end()

    def hang_up(self, stream, argument, _):
        self.note(argument)
        self.end()

    def hang_up_once(self, stream, argument, _):
        if self.note(argument) == 1:
            self.end()
        self.ok(stream)

    def reset_always(self, stream, argument, _):
        self.note(argument)
        self.reset()

    def answer_and_hang_up(self, stream, *_):
        self.ok(stream)
        self.end()

    def silence(self, *_):
        pass

    def late(self, stream, argument, _):
        threading.Timer(int(argument) / 1000, self.ok, (stream,)).start()

    def flood(self, stream, *_):
        junk = frame(0xfffffffe, bytes(60000)) * 16
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            self.send(junk)

    def deaf(self, *_):
        time.sleep(3)

    def nap(self, _, argument, __):
        time.sleep(int(argument) / 1000)

    def die(self, *_):
        os._exit(9)

    def note(self, name):
        with lock:
            seen.setdefault(name, []).append(self.number)
            return len(seen[name])


def listen(serve):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept():
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    ports_file, certificate, key, ca = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)

    def serve_tls(sock):
        try:
            wrapped = context.wrap_socket(sock, server_side=True)
        except (OSError, ssl.SSLError):
            sock.close()
            return
        Connection(wrapped).serve()

    silent = []
    ports = [listen(lambda sock: Connection(sock).serve()), listen(serve_tls), listen(silent.append)]
    with open(ports_file + ".new", "w") as file:
        file.write(" ".join(map(str, ports)))
    os.rename(ports_file + ".new", ports_file)
    threading.Event().wait()


main()
