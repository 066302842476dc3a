"""What the figures are made with: starting servers, running the load client, reporting."""

import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE / "build"
SERVER_CPU, CLIENT_CPU = 0, 1
TENANT = "bench"

# Plain text, and room for more calls in flight than the defaults allow; the rest is as shipped.
CONFIGURATION = """\
listen: 127.0.0.1:7443
development: true
issuer: Countersign
key_ring: keys/keyring.json
store:
  sqlite:
    path: data/countersign.db
limits:
  max_calls_in_flight_per_connection: 128
  max_calls_in_flight: 4096
"""

processes = []


def run_json(command, cpu=None):
    """Runs a program of ours that prints one line of JSON."""
    if cpu is not None:
        command = ["taskset", "-c", str(cpu), *command]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def ttload(mode, address, *options, cpu=CLIENT_CPU):
    return run_json([BUILD / "ttload", mode, "--address", address, *options], cpu)


def median(values):
    return statistics.median(values)


# ── Servers ──────────────────────────────────────────────────────────────────────────────────────────────────


def spawn(command, cpu=None, **options):
    if cpu is not None:
        command = ["taskset", "-c", str(cpu), *command]
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, **options)
    processes.append(process)
    return process


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    processes.remove(process)


def start_floor(program):
    """A server of this folder, which prints its address. It ends with this script."""
    process = spawn(
        [BUILD / program, "127.0.0.1:0"], SERVER_CPU, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, process.stdout.readline().strip()


def start_countersignd(server, folder, cpu=None):
    address_file = folder / "address"
    address_file.unlink(missing_ok=True)
    process = spawn(
        [
            server, "serve", "--config", folder / "bench.yaml", "--dev", "--listen", "127.0.0.1:0",
            "--address-file", address_file,
        ],
        cpu, stdout=open(folder / "server.log", "ab"), stderr=subprocess.STDOUT)
    give_up = time.monotonic() + 60
    while not (address_file.exists() and address_file.read_text().strip()):
        if process.poll() is not None or time.monotonic() > give_up:
            sys.exit(f"countersignd did not start:\n{(folder / 'server.log').read_text()[-2000:]}")
        time.sleep(0.01)
    return process, address_file.read_text().strip()


def make_folder(server, name):
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([server, "init", "--directory", folder], check=True, stdout=subprocess.DEVNULL)
    (folder / "bench.yaml").write_text(CONFIGURATION)
    return folder


def process_status(pid, field):
    """A figure of /proc/PID/status in KiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def written_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    return 0


# ── Report ───────────────────────────────────────────────────────────────────────────────────────────────────


class Report:
    def __init__(self):
        self.figures = []

    def add(self, name, values, target, at_least=False, unit=""):
        """One figure: the median over the rounds, and whether it meets its target."""
        value = median(values)
        is_met = value >= target if at_least else value <= target
        spread = f"  ({min(values):.3g} to {max(values):.3g})" if len(values) > 1 else ""
        sign = "≥" if at_least else "≤"
        print(f"  {'ok    ' if is_met else 'missed'}  {name}: {value:.3g}{unit}{spread}, target {sign} {target}{unit}",
              flush=True)
        self.figures.append({"name": name, "value": value, "rounds": values, "target": target, "met": is_met})
