"""Processes of one run: each pinned to a core, each ended by its pid, whatever happens."""

import ctypes
import os
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
END_SECONDS_MAX = 10
START_SECONDS_MAX = 60


class Fault(Exception):
    """The run can't go on; the message says why."""


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Processes:
    """Those that were started and have not ended."""

    def __init__(self, logs):
        self.logs = logs
        self.running = []

    def start(self, name, command, core, namespace=None, env=None):
        """Starts it in a session of its own, so that Ctrl-C reaches this process alone."""
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        log = self.logs / (name + ".log")
        with open(log, "wb") as out:
            process = subprocess.Popen(
                inside + ["taskset", "-c", str(core)] + command,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent, env=env)
        self.running.append((name, process))
        return process

    def await_port(self, name, process, port, host="127.0.0.1"):
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Fault(f"{name} ended with status {process.returncode}:\n{self.tail(name)}")
            try:
                socket.create_connection((host, port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise Fault(f"{name} does not listen on port {port} after {START_SECONDS_MAX} s:\n{self.tail(name)}")

    def tail(self, name):
        text = (self.logs / (name + ".log")).read_text(errors="replace")
        return "\n".join(text.splitlines()[-15:])

    def end_all(self):
        """Asks each, waits, and kills what is left."""
        for _, process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + END_SECONDS_MAX
        for _, process in reversed(self.running):
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                for pid in children(process.pid) + [process.pid]:
                    os.kill(pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(each) for each in file.read().split()]
    except FileNotFoundError:
        return []


def resident_kib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
    return total


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Fault(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


class TwoPods:
    """Two network namespaces with a wire between them."""

    def __init__(self, addresses):
        """addresses: by name, with the length of the prefix."""
        self.names = list(addresses)
        self.remove()
        try:
            for name in self.names:
                run("ip", "netns", "add", name)
            first, second = self.names
            run("ip", "link", "add", "eth0", "netns", first, "type", "veth", "peer", "name", "eth0", "netns", second)
            for name, address in addresses.items():
                run("ip", "-n", name, "addr", "add", address, "dev", "eth0")
                run("ip", "-n", name, "link", "set", "lo", "up")
                run("ip", "-n", name, "link", "set", "eth0", "up")
        except Fault:
            self.remove()
            raise

    def remove(self):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
