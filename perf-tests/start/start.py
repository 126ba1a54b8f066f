"""./perf-tests/run start: see there for the options."""

import argparse
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "peers"))

from main import between_marks, build_generator, machine, within
from measures import LOADS, Measures
from mesh import ADMIN, BACKEND, PLAIN, SERVICES, Namespace, configuration, pod_address, pod_name
from processes import Fault, Processes, resident_kib, run
from proxies import LOAD_CORE, Target, local
from variants import VARIANTS

DOCS_BEGIN, DOCS_END = "<!-- start: begin, written by the bench -->", "<!-- start: end -->"
READY_SECONDS_MAX = 60
POLL_SECONDS = 0.02
# Longer than the JVM's interval of giving memory back.
SETTLE_SECONDS = 8
LOADED = ["small", "large", "connect", "stream8", "idle"]
THROUGH_REDIRECT = ["stream8"]
PODS_MAX = 200


def options(args):
    parser = argparse.ArgumentParser(prog="perf-tests/run start", add_help=False)
    parser.add_argument("--rounds", type=within(1, 99), default=3)
    parser.add_argument("--pods", type=within(1, PODS_MAX), default=50)
    parser.add_argument("--seconds", type=within(0, 600), default=5)
    parser.add_argument("--variants", type=names, default=["current"])
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args(args)


def names(text):
    found = list(VARIANTS) if text == "all" else text.split(",")
    unknown = [each for each in found if each not in VARIANTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' (expected: all, or of {','.join(VARIANTS)})")
    return found


def main():
    wanted = options(sys.argv[1:])
    if wanted.check:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        measure(wanted)
        return 0
    except KeyboardInterrupt:
        print("start: ended", file=sys.stderr)
        return 130
    except Fault as fault:
        print(f"start: {fault}", file=sys.stderr)
        return 1


def measure(wanted):
    if get("/healthz/live")[0] != 0:
        raise Fault(f"somebody answers at {local(ADMIN)} (expected: nobody; another run?)")
    calm = os.getloadavg()[0]
    generator = build_generator(wanted.home)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-p-"))
    processes, pods = Processes(directory), []
    try:
        for number in range(wanted.pods):
            pods.append(Namespace(pod_name(number), pod_address(number)))
        start_backends(processes, generator)
        config = configuration(directory, wanted.pods)
        command = java_command(wanted.home)
        results = {name: [] for name in wanted.variants}
        for number in range(wanted.rounds):
            shift = number % len(wanted.variants)
            for name in wanted.variants[shift:] + wanted.variants[:shift]:
                agent = Agent(VARIANTS[name], command, config, directory)
                results[name].append(agent.measure(Measures(generator, wanted.seconds)))
                print(f"round {number + 1} of {wanted.rounds}: {name}: {told(results[name][-1])}", flush=True)
        write(wanted, calm, results, [Target("java", "Java", None, version=run(command[0], "--version").split()[1])])
    finally:
        # A second Ctrl-C must not stop this.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        processes.end_all()
        for pod in pods:
            pod.remove()
        shutil.rmtree(directory, ignore_errors=True)


# --- one agent ------------------------------------------------------------------------------------------------------------


def start_backends(processes, generator):
    """Load that is redirected has its backend in its own namespace, the other one here."""
    for name, namespace in (("backend", None), ("backend-of-pod", pod_name(0))):
        process = processes.start(name, [str(generator), "backend", "127.0.0.1", *map(str, BACKEND.values())], LOAD_CORE, namespace)
        if namespace is None:
            processes.await_port(name, process, BACKEND["http"])


def java_command(home):
    """The launcher's own, up to the arguments of the program."""
    script = '. "$0/sluice"; need_jdk; java_command; printf "%s\\0" "${java[@]}"'
    return run("bash", "-c", script, str(home)).rstrip("\0").split("\0")


class Agent:
    """One start, from exec to its end."""

    def __init__(self, variant, command, config, directory):
        self.directory = directory
        self.pauses = directory / "pauses.log"
        java = variant.of(command)
        self.command = java[:-2] + [f"-Xlog:safepoint:file={self.pauses}"] + java[-2:] + [
            "run", "--config-dir", str(config), "--admin", local(ADMIN), "--drain-seconds", "0",
            "--plain-listener", f"{local(PLAIN)}=bench/plain"]

    def measure(self, measures):
        self.pauses.unlink(missing_ok=True)
        processes = Processes(self.directory)
        try:
            began = time.monotonic()
            process = processes.start("agent", self.command, f"0-{os.cpu_count() - 1}")
            self.await_ready(process, processes)
            figures = {"ready_ms": (time.monotonic() - began) * 1000, "cpu_ms": cpu_seconds(process.pid) * 1000}
            time.sleep(SETTLE_SECONDS)
            figures["idle_mib"] = resident_kib([process.pid]) / 1024
            figures.update(self.load(measures, process))
            figures["after_mib"] = resident_kib([process.pid]) / 1024
            figures.update(pauses(self.pauses.read_text()))
            return figures
        finally:
            processes.end_all()

    def await_ready(self, process, processes):
        end = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < end:
            if process.poll() is not None:
                raise Fault(f"the agent ended with status {process.returncode}:\n{processes.tail('agent')}")
            if get("/healthz/ready")[0] == 200:
                return
            time.sleep(POLL_SECONDS)
        raise Fault(f"not ready after {READY_SECONDS_MAX} s: {get('/healthz/ready')[1]}\n{processes.tail('agent')}")

    def load(self, measures, process):
        if measures.seconds == 0:
            return {}
        plain = Target("sluice", "", local(PLAIN), None, None, [process.pid])
        redirected = Target("redirect", "", *(f"{ip}:{port}" for ip, port in SERVICES.values()),
                                    [process.pid], pod_name(0))
        figures = {}
        for load in (each for each in LOADS if each.name in LOADED):
            taken = measures.take(load, redirected if load.name in THROUGH_REDIRECT else plain)
            if load.name == "small":
                figures["cpu_each_us"] = taken["cpu_seconds"] / max(1, taken["count"]) * 1e6
                figures["p99_us"] = taken["p99_us"]
        return figures


def get(path):
    connection = http.client.HTTPConnection("127.0.0.1", ADMIN, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError as fault:
        return 0, str(fault)
    finally:
        connection.close()


def cpu_seconds(pid):
    """Of the process's own time: it does not grow because others have the cores."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pauses(text):
    """All for which the JVM stops its threads, whatever the collector."""
    found = [int(each) / 1e6 for each in re.findall(r"Total: +(\d+) ns", text)]
    return {"pause_max_ms": max(found, default=0.0), "pause_sum_ms": sum(found)}


# --- the table ------------------------------------------------------------------------------------------------------------

COLUMNS = [
    ("exec to all enrolled, ms", "ready_ms", 0), ("... CPU, ms", "cpu_ms", 0), ("RSS idle, MiB", "idle_mib", 0),
    ("RSS after load, MiB", "after_mib", 0), ("longest pause, ms", "pause_max_ms", 1), ("all pauses, ms", "pause_sum_ms", 0),
    ("CPU a request, µs", "cpu_each_us", 1), ("p99 at saturation, µs", "p99_us", 0)]


def told(figures):
    return ", ".join(f"{title.strip('. ')} {figures[key]:.{digits}f}" for title, key, digits in COLUMNS
                     if figures.get(key) is not None)


def table(results):
    lines = ["| settings | " + " | ".join(title for title, _, _ in COLUMNS) + " |",
             "| --- |" + " --- |" * len(COLUMNS)]
    for name, rounds in results.items():
        cells = [middle(rounds, key, digits) for _, key, digits in COLUMNS]
        lines.append(f"| {name}: {VARIANTS[name].title} | " + " | ".join(cells) + " |")
    return lines


def middle(rounds, key, digits):
    found = [each[key] for each in rounds if each.get(key) is not None]
    return f"{statistics.median(found):,.{digits}f}" if found else "-"


def write(wanted, calm, results, versions):
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    command = (f"./perf-tests/run start --rounds {wanted.rounds} --pods {wanted.pods} --seconds {wanted.seconds}"
               f" --variants {','.join(wanted.variants)}")
    text = "\n".join([f"{when}. `{command}`", "", machine(versions, calm) + ".", ""] + table(results) + [""])
    out = wanted.home / "perf-tests" / "target" / "start"
    out.mkdir(parents=True, exist_ok=True)
    (out / "start.md").write_text(text)
    (out / "start.json").write_text(json.dumps({"when": when, "command": command, "load_average": calm, "results": results}, indent=1))
    print(text)
    print(f"written to {out.relative_to(wanted.home)}/start.md, start.json")
    if wanted.write_docs:
        docs = wanted.home / "docs" / "performance.md"
        docs.write_text(between_marks(docs.read_text(), text, DOCS_BEGIN, DOCS_END))


if __name__ == "__main__":
    sys.exit(main())
