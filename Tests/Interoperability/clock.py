"""A server's clock that a test sets. Only the time of day moves: what the server measures by the monotonic clock, such
as time-outs, goes on as ever, so that an outbox still looks for what is due once a second."""

import mmap
import pathlib
import struct
import subprocess
import time

from rules import tool

SOURCE = pathlib.Path(__file__).with_name("clock.c")


class Clock:
    """Begins at this machine's time. `prefix` is for service.Server."""

    def __init__(self, folder):
        library, file = pathlib.Path(folder, "clock.so"), pathlib.Path(folder, "clock")
        subprocess.run(
            [tool("cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", SOURCE, "-o", library], check=True)
        file.write_bytes(bytes(8))
        with open(file, "r+b") as opened:
            self.shared = mmap.mmap(opened.fileno(), 8)
        self.ahead_ms = 0
        self.prefix = ["/usr/bin/env", f"LD_PRELOAD={library}", f"SET_CLOCK={file}"]

    def advance(self, seconds):
        """Sets the clock forward, or back."""
        self.ahead_ms += round(seconds * 1000)
        self.shared[:] = struct.pack("=q", self.ahead_ms)

    def advance_to(self, unix_ms):
        """Sets the clock to a moment, from which it goes on."""
        self.advance((unix_ms - self.milliseconds()) / 1000)

    def milliseconds(self):
        """What the server takes for now."""
        return int(time.time() * 1000) + self.ahead_ms
