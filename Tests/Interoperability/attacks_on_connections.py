"""Do silent and slow connections stay cheap, and leave others alone?"""

import resource
import selectors
import socket
import struct
import time

import rules
import service
import wire
from rules import attack, expect, rpc
from service import CONFIGURATION, OK, check

# Descriptors that both processes need besides.
SPARE_DESCRIPTORS = 500
SOFT_LIMIT, HARD_LIMIT = resource.getrlimit(resource.RLIMIT_NOFILE)
CONNECTIONS = 5000 if HARD_LIMIT == resource.RLIM_INFINITY else min(5000, HARD_LIMIT - SPARE_DESCRIPTORS)
ANNOUNCED_BYTES = 4 << 20
FRAME_TIMEOUT_SECONDS = 3
LIMITS = f"""\
limits:
  max_message_bytes: {ANNOUNCED_BYTES}
  frame_timeout_seconds: {FRAME_TIMEOUT_SECONDS}
  handshake_timeout_seconds: {FRAME_TIMEOUT_SECONDS}
  max_connections_per_caller: {CONNECTIONS + 100}
"""
MEBIBYTE = 1 << 20


def silent_connections(server, openings):
    """Opens connections, each with its first bytes, and waits until the server has closed them all.

    The most memory that the server had meanwhile, and the slowest answer that a good caller got."""
    host, port = server.address.rsplit(":", 1)
    selector = selectors.DefaultSelector()
    peak = slowest = 0

    def look(good):
        nonlocal peak, slowest
        peak = max(peak, rules.resident_bytes(server.process))
        begin = time.monotonic()
        expect(good.call(rpc("grpc.health.v1.Health/Check", {})), OK, "a good caller meanwhile")
        slowest = max(slowest, time.monotonic() - begin)

    with wire.Connection(server.address) as good:
        for number, opening in enumerate(openings):
            one = socket.create_connection((host, int(port)), timeout=rules.PATIENCE_SECONDS)
            if opening:
                one.sendall(opening)
            one.setblocking(False)
            selector.register(one, selectors.EVENT_READ)
            if number % 100 == 0:
                look(good)
        end = time.monotonic() + FRAME_TIMEOUT_SECONDS + rules.PATIENCE_SECONDS
        while selector.get_map():
            check(time.monotonic() < end, f"{len(selector.get_map())} connections are still open")
            for key, _ in selector.select(0.1):
                try:
                    closed = not key.fileobj.recv(4096)
                except ConnectionError:
                    closed = True
                if closed:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
            look(good)
    return peak, slowest


@attack
def silent_senders(report, place):
    """Five thousand connections that announce the largest frame and fall silent."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(SOFT_LIMIT, CONNECTIONS + SPARE_DESCRIPTORS), HARD_LIMIT))
    header = struct.pack(">IIBB", ANNOUNCED_BYTES, 1, 1, 0)
    with place.server(configuration=CONFIGURATION + LIMITS) as server:
        expect(wire.call(server.address, rpc("grpc.health.v1.Health/Check", {})), OK, "the ping")
        before = rules.resident_bytes(server.process)
        kinds = [header, header[:5], header + bytes(1000), b""]
        with report(f"row 103, 107: {CONNECTIONS} connections that announce 4 MiB and fall silent cost little, "
                    "and are closed in time"):
            peak, slowest = silent_connections(server, [kinds[number % 4] for number in range(CONNECTIONS)])
            grown = (peak - before) / CONNECTIONS
            check(grown < 64 * 1024, f"memory grew by {grown / 1024:.0f} KiB a connection")
            check(slowest < 2, f"a good caller waited {slowest:.1f} s")
        with report("row 103, 107: the same again takes no more memory than before"):
            # How many are open at the same moment differs a little from time to time.
            peaks = [peak]
            for _ in range(2):
                peaks.append(silent_connections(server, [kinds[number % 4] for number in range(CONNECTIONS)])[0])
            grown = ", then ".join(f"{each / MEBIBYTE:.0f} MiB" for each in peaks)
            check(peaks[2] < max(peaks[:2]) + 16 * MEBIBYTE, grown)
        with report("row 103: lengths beyond what a frame can have end the connection at once"):
            host, port = server.address.rsplit(":", 1)
            for length in (0xFFFFFFFF, 1 << 24):
                with socket.create_connection((host, int(port)), timeout=rules.PATIENCE_SECONDS) as one:
                    one.sendall(struct.pack(">IIBB", length, 1, 1, 0))
                    try:
                        check(one.recv(100) == b"", f"length {length:#x} was answered")
                    except ConnectionError:
                        pass
        with report("row 103, 107: of all that the log has few lines, and the server is well"):
            lines = rules.log_lines(server)
            check(len(lines) < 400, f"{len(lines)} lines")
            expect(wire.call(server.address, service.list_events(service.TENANT)), OK, "a call")
            server.stop()


# Fields that no message of ours has, and depths and counts that none needs.
def group(number, count):
    """Groups within one another; they are not even closed."""
    return wire.varint(number << 3 | 3) * count


def nested(number, count, longest):
    """Messages within one another, as deep as `longest` bytes allow."""
    data = b""
    for _ in range(count):
        data = wire.varint(number << 3 | 2) + wire.varint(len(data)) + data
        if len(data) > longest:
            break
    return data


@attack
def expensive_messages(report, place):
    """Small frames that would cost much to decode, to keep or to refuse."""
    largest = 240 * 1024
    with place.server() as server, wire.Connection(server.address) as connection:
        put = "SubjectService/PutSubject"
        start = wire.encode({1: service.TENANT, 2: "expensive"})
        stored = "SubjectService/GetSubject"
        before = rules.resident_bytes(server.process)
        with report("row 104: messages and groups nested without end are refused"):
            for what, payload in {
                "known messages": nested(8, 10**5, largest), "unknown messages": nested(900, 10**5, largest),
                "known groups": group(8, 10**5), "unknown groups": group(900, 10**5),
            }.items():
                answer = connection.call(rpc(put, start + payload))
                # What is unknown is bytes, however much it looks like messages.
                allowed = (3, OK) if what == "unknown messages" else (3,)
                check(answer.code in allowed, f"{what}: status {answer.code} {answer.reason}")
        with report("row 105: unknown fields are neither kept nor given back"):
            junk = b"junk-" * 40_000
            expect(connection.call(rpc(put, start + wire.encode({900: junk}))), OK, "with unknown fields")
            answer = connection.call(rpc(stored, {1: service.TENANT, 2: "expensive"}))
            check(len(answer.bytes) < 1000, f"the answer has {len(answer.bytes)} bytes")
            written = sum(path.stat().st_size for path in (server.folder / "data").iterdir())
            check(written < 1 << 20, f"{written} bytes were written")
        with report("row 106: a great many empty fields in one message are refused or ignored, never kept"):
            for what, payload in {
                "groups": wire.encode({5: "g"}) * 80_000, "empty groups": b"\x2a\x00" * 120_000,
                "addresses": b"\x42\x00" * 120_000, "varints": wire.encode({4: 1}) * 120_000,
            }.items():
                answer = connection.call(rpc(put, start + payload))
                check(answer.code in (3, OK), f"{what}: status {answer.code} {answer.reason}")
                answer = connection.call(rpc(stored, {1: service.TENANT, 2: "expensive"}))
                check(len(answer.bytes) < 1000, f"{what}: the answer has {len(answer.bytes)} bytes")
        with report("row 104 to 106: none of it costs memory that stays"):
            grown = rules.resident_bytes(server.process) - before
            check(grown < 64 * MEBIBYTE, f"memory grew by {grown / MEBIBYTE:.0f} MiB")
            server.stop()


@attack
def few_descriptors(report, place):
    """More connections than the system lets the server have."""
    prefix = [rules.tool("prlimit"), "--nofile=256:256"]
    with place.server(prefix=prefix) as server:
        with report("row 109: out of descriptors the server goes on, and is as before when they are free again"):
            host, port = server.address.rsplit(":", 1)
            crowd = []
            with wire.Connection(server.address) as first:
                expect(first.call(rpc("grpc.health.v1.Health/Check", {})), OK, "the first caller")
                for _ in range(400):
                    crowd.append(socket.create_connection((host, int(port)), timeout=rules.PATIENCE_SECONDS))
                expect(
                    first.call(service.start_enrollment("somebody")), OK, "an enrollment in the crowd")
            for one in crowd:
                one.close()
            expect(wire.call(server.address, service.list_factors("somebody")), OK, "a new caller")
            check(len(rules.log_lines(server)) < 100, "the log was flooded")
            server.stop()
