"""./perf-tests/run peers: see there for the options."""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

import chart
import figures
import proxies
from measures import LEAD_SECONDS, LOADS, Measures
from processes import Fault, Processes, TwoPods, resident_kib, run

CALM_LOAD = 0.7
DOCS_BEGIN, DOCS_END = "<!-- peers: begin, written by the bench -->", "<!-- peers: end -->"


def options(args):
    parser = argparse.ArgumentParser(prog="perf-tests/run peers", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=within(1, 99), default=3)
    parser.add_argument("--seconds", type=within(1, 600), default=5)
    parser.add_argument("--warm-up", type=within(0, 600), default=12)
    parser.add_argument("--only", type=names, default=proxies.NAMES)
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=pathlib.Path, help=argparse.SUPPRESS)
    found = parser.parse_args(args)
    if found.quick:
        found.rounds, found.seconds, found.warm_up = 1, 1, 3
        if found.write_docs:
            parser.error("--quick --write-docs (expected: one of them; figures of a quick run mean nothing)")
    return found


def within(least, most):
    def convert(text):
        if not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' (expected: {least}..{most})")
        return int(text)
    return convert


def names(text):
    found = text.split(",")
    unknown = [each for each in found if each not in proxies.NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"'{unknown[0]}' (expected: of {','.join(proxies.NAMES)})")
    return [each for each in proxies.NAMES if each in found]


def main():
    wanted = options(sys.argv[1:])
    if wanted.check:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    if (os.cpu_count() or 1) < 2:
        print("peers: one core (expected: two, one for the proxy and one for the load)", file=sys.stderr)
        return 1
    try:
        os.sched_setaffinity(0, {proxies.LOAD_CORE})
        measure(wanted)
        return 0
    except KeyboardInterrupt:
        print("peers: ended", file=sys.stderr)
        return 130
    except Fault as fault:
        print(f"peers: {fault}", file=sys.stderr)
        return 1


def measure(wanted):
    calm = os.getloadavg()[0]
    generator = build_generator(wanted.home)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-p-"))
    # nginx's worker has its temporary files there.
    directory.chmod(0o755)
    processes, pods = Processes(directory), []
    try:
        for pair in (proxies.PODS, proxies.PLAIN_PODS):
            pods.append(TwoPods({name: address + "/24" for name, address in pair.items()}))
        start_backends(processes, generator)
        targets, missing = proxies.start_wanted(wanted.only, processes, directory, wanted.home)
        check_alike(targets)
        print(machine(targets, calm), flush=True)
        measures = Measures(generator, wanted.seconds)
        warm_up(measures, targets, wanted.warm_up)
        results = rounds(measures, targets, wanted.rounds)
        memory = {each.name: resident_kib(each.pids) / 1024 for each in targets if each.pids}
        write(wanted, targets, missing, calm, results, memory)
    finally:
        # A second Ctrl-C must not stop this.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        processes.end_all()
        for pair in pods:
            pair.remove()
        shutil.rmtree(directory, ignore_errors=True)


def build_generator(home):
    sources = home / "perf-tests" / "peers" / "load"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources.glob("*.*")))).hexdigest()[:16]
    binary = proxies.cache() / f"load-{digest}"
    if not binary.exists():
        proxies.cache().mkdir(parents=True, exist_ok=True)
        built = subprocess.run(["go", "build", "-o", str(binary) + ".part", "."], cwd=sources, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if built.returncode != 0:
            raise Fault("the load generator does not build:\n" + built.stdout)
        os.rename(str(binary) + ".part", binary)
    return binary


def start_backends(processes, generator):
    """For what is redirected the way to the backend must be as short as for the others; and one is a pod of its own."""
    for name, namespace in (("backend", None), ("backend-of-client", proxies.CLIENT), ("backend-of-server", proxies.SERVER),
                            ("backend-of-plain", proxies.PLAIN_SERVER)):
        ports = list(map(str, proxies.BACKEND.values()))
        # All addresses only where nobody else is.
        host = "0.0.0.0" if namespace else "127.0.0.1"
        process = processes.start(name, [str(generator), "backend", host] + ports, proxies.LOAD_CORE, namespace)
        if namespace is None:
            processes.await_port(name, process, proxies.BACKEND["http"])


def check_alike(targets):
    """Each answers the known host, and all but those that have somewhere else to go say 404 to another one."""
    for target in targets:
        command = [sys.executable, "-B", str(pathlib.Path(__file__).with_name("probe.py")), target.http, target.host,
                   "unknown.example"]
        if target.namespace:
            command = ["ip", "netns", "exec", target.namespace] + command
        known, unknown = run(*command).split()
        if known != "200" or (unknown != "404" and target.strict):
            raise Fault(f"{target.name}: status {known} for the known host and {unknown} for another (expected: 200, 404)")
        if target.metrics:
            urllib.request.urlopen(target.metrics, timeout=5).close()


def warm_up(measures, targets, seconds):
    """Compilers take their time; and no proxy shall have its first connections measured."""
    if seconds == 0:
        return
    print(f"warming up ({seconds} s of the first load, a quarter of it of the others)", flush=True)
    for target in targets:
        own = seconds if target.name in ("sluice", "redirect", "mesh") else 1
        for load in (each for each in LOADS if each.mode != "idle"):
            measures.take(load, target, own if load.name == "small" else max(1, own // 4), lead=0)


def rounds(measures, targets, count):
    results = {load.name: {target.name: [] for target in targets} for load in LOADS}
    for number in range(count):
        # Each round another one begins.
        order = targets[number % len(targets):] + targets[:number % len(targets)]
        for load in LOADS:
            # Memory that connections once took is mostly kept: only the first time tells.
            if load.mode == "idle" and number > 0:
                continue
            for target in order:
                taken = measures.take(load, target)
                if taken is not None:
                    results[load.name][target.name].append(taken)
            print(f"round {number + 1} of {count}: {load.title}", flush=True)
    return results


def machine(targets, calm):
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    versions = {each.title.split(",")[0]: each.version for each in targets if each.version}
    line = (f"{model}, {os.cpu_count()} cores, Linux {platform.release()}; "
            + "; ".join(f"{title} {version}" for title, version in versions.items())
            + f"; load average {calm:.2f} before it")
    return line + ("" if calm < CALM_LOAD else f": NOT CALM (expected: < {CALM_LOAD}), take the ratios for rough")


def write(wanted, targets, missing, calm, results, memory):
    shown = [(each.name, each.title) for each in targets]
    lines, notes = figures.table(results, shown, memory)
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    command = f"./perf-tests/run peers --rounds {wanted.rounds} --seconds {wanted.seconds} --warm-up {wanted.warm_up}"
    text = [f"{when}. `{command}`", "", machine(targets, calm) + ".", ""] + lines + [""]
    if notes:
        text += ["\\* does not count, because the proxy was not what was measured: " + "; ".join(notes) + ".", ""]
    text += [f"Not measured: {each.splitlines()[0]}." for each in missing]
    text += figures.goals(results) + [""]
    out = wanted.home / "perf-tests" / "target" / "peers"
    out.mkdir(parents=True, exist_ok=True)
    (out / "peers.md").write_text("\n".join(text))
    (out / "peers.json").write_text(json.dumps(
        {"when": when, "command": command, "machine": machine(targets, calm), "load_average": calm,
         "lead_seconds": LEAD_SECONDS, "memory_mib": memory, "missing": missing, "results": results}, indent=1))
    (out / "peers.svg").write_text(chart.svg(results, shown, machine(targets, calm)))
    print("\n".join(text))
    print(f"written to {out.relative_to(wanted.home)}/peers.md, peers.json, peers.svg")
    if wanted.write_docs:
        docs = wanted.home / "docs" / "performance.md"
        docs.write_text(between_marks(docs.read_text(), "\n".join(text + ["![the most important rows](performance.svg)"])))
        shutil.copy(out / "peers.svg", docs.with_suffix(".svg"))


def between_marks(document, text, begin=DOCS_BEGIN, end=DOCS_END):
    """The document with what stands between the two marks replaced."""
    if document.count(begin) != 1 or document.count(end) != 1:
        raise Fault(f"docs/performance.md lacks its marks (expected: {begin} and {end}, once each)")
    head, rest = document.split(begin)
    return head + begin + "\n\n" + text.strip() + "\n\n" + end + rest.split(end)[1]


if __name__ == "__main__":
    sys.exit(main())
