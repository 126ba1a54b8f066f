"""What is measured, and how one measurement is taken: by the load generator, which looks at the machine at both ends of it."""

import json
import subprocess
import time

from processes import Fault, die_with_parent, resident_kib
from proxies import LOAD_CORE

LEAD_SECONDS = 1
IDLE_CONNECTIONS = 1000
LARGE_BYTES = 100 * 1024


class Load:
    """One kind of load. saturating: the proxy's core must be busy, the load's must not."""

    def __init__(self, name, title, mode, kind, options=(), saturating=False):
        self.name, self.title, self.mode, self.kind = name, title, mode, kind
        self.options, self.saturating = list(options), saturating


LOADS = [
    Load("small", "HTTP/1.1, 1 KiB, 64 connections", "saturate", "http", saturating=True),
    Load("large", "HTTP/1.1, 100 KiB, 64 connections", "saturate", "http",
         ["-path", "/100k", "-body", str(LARGE_BYTES)], saturating=True),
    Load("connect", "a new connection for each request, 64 at a time", "connect", "http", saturating=True),
    Load("rate", "1,000 requests/s", "rate", "http"),
    Load("stream1", "TCP, 1 stream", "stream", "source", ["-connections", "1"], saturating=True),
    Load("stream8", "TCP, 8 streams", "stream", "source", ["-connections", "8"], saturating=True),
    Load("pingpong", "TCP, 64 bytes there and back", "pingpong", "echo"),
    Load("idle", f"{IDLE_CONNECTIONS:,} idle connections", "idle", "http", ["-connections", str(IDLE_CONNECTIONS)]),
]


class Measures:
    def __init__(self, generator, seconds):
        self.generator, self.seconds = generator, seconds

    def take(self, load, target, seconds=None, lead=LEAD_SECONDS):
        """The generator's figures; None where the target does not do that."""
        to = getattr(target, load.kind)
        if target.loads and load.name not in target.loads:
            return None
        # What is redirected has the same process as what is not.
        if to is None or (load.mode == "idle" and (target.namespace or not target.pids)):
            return None
        command = self.command(load, target, to, seconds or self.seconds, lead)
        if load.mode == "idle":
            return idle(command, target)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=lead + (seconds or self.seconds) + 30, preexec_fn=die_with_parent)
        if done.returncode != 0:
            raise Fault(f"{load.name} of {target.name}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def command(self, load, target, to, seconds, lead):
        inside = ["ip", "netns", "exec", target.namespace] if target.namespace else []
        return inside + ["taskset", "-c", str(LOAD_CORE), str(self.generator), load.mode, "-to", to, "-host", target.host,
                         "-lead", str(lead), "-seconds", str(seconds), "-pids", ",".join(map(str, target.pids))] + load.options


def idle(command, target):
    """How much more memory the proxy has once all connections have had an answer."""
    before = resident_kib(target.pids)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=die_with_parent)
    try:
        line = process.stdout.readline()
        if not line:
            raise Fault(f"idle of {target.name}: {process.stderr.read().strip()}")
        time.sleep(0.2)
        return {**json.loads(line), "kib_each": (resident_kib(target.pids) - before) / IDLE_CONNECTIONS}
    finally:
        process.stdin.close()
        process.wait(10)
