#!/usr/bin/python3
"""Countersign's figures, each beside its yardstick, measured in this one run. See README.md.

    bench.py [--server FILE] [--rounds N] [--subjects N] [--large] [--reuse]
             [--delivery | --policy | --rehearsal]
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import time

import delivery
import rehearsal
import rig
from rig import (
    BUILD, HERE, SERVER_CPU, TENANT, Report, make_folder, median, process_status, run_json, spawn,
    start_countersignd, start_floor, stop, ttload, written_bytes)

LARGE_SUBJECTS = 1_000_000
POLICY_SUBJECTS = 50_000
SINGLE_CALLS = 2_000
DURABLE_LOAD = ["--connections", "16", "--in-flight", "64"]

# A Request frame, stream 1: Check of grpc.health.v1.Health.
HEALTH_ENVELOPE = b"\x0a\x15grpc.health.v1.Health\x12\x05Check"
HEALTH_FRAME = struct.pack(">IIBB", len(HEALTH_ENVELOPE), 1, 1, 0) + HEALTH_ENVELOPE
HEALTH_REPLY = struct.pack(">IIBB", 4, 1, 2, 0) + b"\x12\x02\x08\x01"


def first_answer_seconds(server, folder, port):
    """From starting the process to the first answer over TLS with a client certificate."""
    context = ssl.create_default_context(cafile=folder / "tls/ca.pem")
    context.load_cert_chain(folder / "tls/client.pem", folder / "tls/client.key")
    begin = time.monotonic()
    process = spawn(
        [server, "serve", "--config", folder / "countersignd.yaml", "--listen", f"127.0.0.1:{port}"],
        stdout=open(folder / "server.log", "ab"), stderr=subprocess.STDOUT)
    while True:
        try:
            plain = socket.create_connection(("127.0.0.1", port))
            break
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() - begin > 30:
                sys.exit(f"countersignd did not start:\n{(folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.001)
    with context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(HEALTH_FRAME)
        answer = connection.recv(64)
        seconds = time.monotonic() - begin
    if answer != HEALTH_REPLY:
        sys.exit(f"an unexpected first answer: {answer.hex()}")
    return process, seconds


def measure_start(server, report, rounds):
    folder = make_folder(server, "start")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # The first start makes the database.
    stop(first_answer_seconds(server, folder, port)[0])
    seconds, resident = [], []
    for _ in range(rounds):
        process, took = first_answer_seconds(server, folder, port)
        time.sleep(0.5)
        seconds.append(took * 1000)
        resident.append(process_status(process.pid, "VmRSS") / 1024)
        stop(process)
    print("Start, TLS, an empty store")
    report.add("process start to first answer", seconds, 150, unit=" ms")
    report.add("resident memory idle", resident, 50, unit=" MB")


def seed(server, subjects, reuse, purpose="subjects"):
    """A folder with that many subjects, each with an active TOTP factor and ten backup codes, and beside it a
    copy of the database for the bare loop."""
    name = f"{purpose}-{subjects}"
    folder = BUILD / name
    if not (reuse and (folder / "bare.db").exists()):
        make_folder(server, name)
        process, address = start_countersignd(server, folder)
        begin = time.monotonic()
        ttload("seed", address, "--file", folder / "secrets", "--subjects", subjects, cpu=None)
        # So that the newest audit rows are verifications: the bare loop writes rows of their size.
        ttload("verify", address, "--file", folder / "secrets", "--count", 100)
        stop(process)
        shutil.copyfile(folder / "data/countersign.db", folder / "bare.db")
        if (folder / "data/countersign.db-wal").exists():
            shutil.copyfile(folder / "data/countersign.db-wal", folder / "bare.db-wal")
        print(f"Enrolled {subjects:,} subjects over the wire in {time.monotonic() - begin:.0f} s", flush=True)
    return folder


def bare_loop(folder, operations, batch):
    return run_json(
        [BUILD / "sqliteloop", folder / "bare.db", "--tenant", TENANT, "--ops", operations, "--batch", batch])


def verify_pass(process, address, folder, *options):
    """ttload waits for a fresh time step before it measures."""
    before = written_bytes(process.pid)
    result = ttload(
        "verify", address, "--file", folder / "secrets", "--server-pid", process.pid, *options)
    result["written_bytes"] = (written_bytes(process.pid) - before) / result["calls"]
    return result


class CallCost:
    """CPU time of a trivial call under load, server on one CPU and client on the other."""

    def __init__(self, server):
        self.servers = {
            "countersignd": start_countersignd(server, make_folder(server, "calls"), SERVER_CPU),
            "ttrpc-go": start_floor("ttrpc-go-server"),
            "C echo": start_floor("ttecho"),
        }
        self.results = {name: [] for name in self.servers}

    def round(self):
        for name, (process, address) in self.servers.items():
            self.results[name].append(ttload("ping", address, "--server-pid", process.pid))

    def report(self, report):
        for process, _ in self.servers.values():
            stop(process)
        print("Trivial call, 16 connections x 16 in flight, server on one CPU, client on the other")
        for name, results in self.results.items():
            cost, rate, p50, p99, p999 = (
                median([r[k] for r in results])
                for k in ("server_cpu_us", "per_second", "p50_us", "p99_us", "p999_us"))
            print(f"  {name:13} {cost:6.2f} µs CPU a call, {rate:11,.0f}/s, "
                  f"p50 {p50:,.0f} µs, p99 {p99:,.0f} µs, p99.9 {p999:,.0f} µs")
        ours = [r["server_cpu_us"] for r in self.results["countersignd"]]
        for name, target in (("ttrpc-go", 0.4), ("C echo", 10)):
            theirs = [r["server_cpu_us"] for r in self.results[name]]
            report.add(f"CPU per call, countersignd / {name}", [a / b for a, b in zip(ours, theirs)], target)


class Durable:
    """Verifications, durable before they are answered, beside the bare loop at the same work."""

    def __init__(self, server, folder, subjects):
        self.folder, self.subjects = folder, subjects
        self.process, self.address = start_countersignd(server, folder)
        self.wire, self.bare, self.single_wire, self.single_bare = [], [], [], []

    def round(self):
        self.single_wire.append(verify_pass(
            self.process, self.address, self.folder,
            "--count", SINGLE_CALLS, "--connections", 1, "--in-flight", 1))
        self.single_bare.append(bare_loop(self.folder, SINGLE_CALLS, 1))
        self.wire.append(verify_pass(self.process, self.address, self.folder, *DURABLE_LOAD))
        self.bare.append(bare_loop(self.folder, self.subjects, 256))

    def report(self, report, with_latency):
        resident = process_status(self.process.pid, "VmRSS") / 1024
        stop(self.process)
        print(f"Durable TOTP verifications, {self.subjects:,} subjects, 16 connections x 64 in flight, "
              "server on both CPUs")

        def of(results, key):
            return median([r[key] for r in results])

        print(f"  countersignd  {of(self.wire, 'per_second'):9,.0f}/s, {of(self.wire, 'server_cpu_us'):5.1f} µs CPU, "
              f"{of(self.wire, 'written_bytes'):,.0f} bytes written each, p50 {of(self.wire, 'p50_us') / 1000:.1f} ms, "
              f"p99 {of(self.wire, 'p99_us') / 1000:.1f} ms, {resident:.0f} MB resident")
        print(f"  bare loop     {of(self.bare, 'per_second'):9,.0f}/s, {of(self.bare, 'cpu_us'):5.1f} µs CPU, "
              f"{of(self.bare, 'written_bytes'):,.0f} bytes written each; state {of(self.bare, 'state_bytes'):.0f} "
              f"bytes, event {of(self.bare, 'event_bytes'):.0f} bytes")
        report.add(
            f"durable verifications at {self.subjects:,} subjects, countersignd / bare loop",
            [a["per_second"] / b["per_second"] for a, b in zip(self.wire, self.bare)], 0.6, at_least=True)
        if not with_latency:
            return
        print("One caller, one call in flight")
        print(f"  countersignd  p50 {of(self.single_wire, 'p50_us') / 1000:.3f} ms, "
              f"p99 {of(self.single_wire, 'p99_us') / 1000:.3f} ms")
        print(f"  bare commit   p50 {of(self.single_bare, 'commit_p50_us') / 1000:.3f} ms, "
              f"p99 {of(self.single_bare, 'commit_p99_us') / 1000:.3f} ms")
        report.add(
            "latency of one caller above one bare commit",
            [(a["p50_us"] - b["commit_p50_us"]) / 1000 for a, b in zip(self.single_wire, self.single_bare)], 0.3,
            unit=" ms")


def measure_policy(server, report, rounds, reuse):
    """Evaluate beside Verify, both of a sign-in with the same signals from a known device at a known place."""
    folder = seed(server, POLICY_SUBJECTS, reuse, "policy")
    process, address = start_countersignd(server, folder)
    results = {"Verify": [], "Evaluate": []}
    # Makes the device and the place known.
    verify_pass(process, address, folder, "--signals", *DURABLE_LOAD)
    for _ in range(rounds):
        results["Verify"].append(verify_pass(process, address, folder, "--signals", *DURABLE_LOAD))
        results["Evaluate"].append(
            ttload("evaluate", address, "--file", folder / "secrets", "--server-pid", process.pid, *DURABLE_LOAD))
    stop(process)
    print(f"A sign-in from a known device, {POLICY_SUBJECTS:,} subjects, 16 connections x 64 in flight, "
          "server on both CPUs")
    for name, passes in results.items():
        cost, rate, p99 = (median([r[key] for r in passes]) for key in ("server_cpu_us", "per_second", "p99_us"))
        print(f"  {name:9} {cost:6.2f} µs CPU a call, {rate:9,.0f}/s, p99 {p99 / 1000:.1f} ms")
    report.add(
        "CPU per call, Evaluate / Verify",
        [a["server_cpu_us"] / b["server_cpu_us"] for a, b in zip(results["Evaluate"], results["Verify"])], 1)


def measure_calls(server, report, options, subjects):
    """Trivial and durable calls, interleaved, so that a disturbance of the machine meets all of them."""
    durable = Durable(server, subjects, options.subjects)
    calls = CallCost(server)
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        calls.round()
        durable.round()
    calls.report(report)
    durable.report(report, with_latency=True)


def describe_machine():
    model = next(
        (line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    print(f"{model}, {os.cpu_count()} CPUs, Linux {platform.release()}, load {load:.2f}, "
          f"{time.strftime('%Y-%m-%d %H:%M')}")
    if load > 0.5:
        print("Others are at work on this machine: expect wide ranges.")
    if os.cpu_count() < 2:
        sys.exit("two CPUs are needed, one for the server and one for the client")


def evaluate_all(process, address, folder):
    """A sign-in of everybody, from a device that becomes known by it."""
    verify_pass(process, address, folder, "--signals", *DURABLE_LOAD)
    ttload("evaluate", address, "--file", folder / "secrets", "--server-pid", process.pid, *DURABLE_LOAD)


def measure_others(server, report, options):
    """What needs many subjects."""
    subjects = seed(server, options.subjects, options.reuse)
    if not (options.delivery or options.rehearsal):
        measure_calls(server, report, options, subjects)
    if not options.delivery:
        rehearsal.measure_rehearsal(server, report, subjects, options.subjects, options.rounds, evaluate_all)
    if options.rehearsal:
        return
    delivery.measure_hanging(server, report, subjects, options.rounds)
    delivery.measure_drain(server, report)
    delivery.measure_pumping(server, report)
    if options.large:
        large = Durable(server, seed(server, LARGE_SUBJECTS, options.reuse), LARGE_SUBJECTS)
        for _ in range(min(options.rounds, 3)):
            large.round()
        large.report(report, with_latency=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", type=pathlib.Path, default=HERE / "../.build/release/countersignd")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--subjects", type=int, default=100_000)
    parser.add_argument("--large", action="store_true", help=f"also {LARGE_SUBJECTS:,} subjects")
    parser.add_argument("--reuse", action="store_true", help="take the subjects of an earlier run, if there are any")
    alone = parser.add_mutually_exclusive_group()
    alone.add_argument("--delivery", action="store_true", help="the figures of delivery alone")
    alone.add_argument("--policy", action="store_true", help="the figure of Evaluate alone")
    alone.add_argument("--rehearsal", action="store_true", help="the figure of rehearsals alone")
    options = parser.parse_args()
    server = options.server.resolve()

    subprocess.run(["make", "--silent", "-C", HERE], check=True)
    describe_machine()
    report = Report()
    try:
        is_whole = not (options.delivery or options.policy or options.rehearsal)
        if is_whole:
            measure_start(server, report, options.rounds)
        if is_whole or options.policy:
            measure_policy(server, report, options.rounds, options.reuse)
        if not options.policy:
            measure_others(server, report, options)
    finally:
        for process in rig.processes:
            process.kill()
    (BUILD / "results.json").write_text(json.dumps(report.figures, indent=1))
    missed = [figure["name"] for figure in report.figures if not figure["met"]]
    print(f"{len(report.figures) - len(missed)} of {len(report.figures)} targets met")


if __name__ == "__main__":
    main()
