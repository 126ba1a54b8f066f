"""From the generator's figures to a table. Pure."""

from statistics import median

PROXY_BUSY_MIN = 0.95
LOAD_BUSY_MAX = 0.90
ERRORS_SHARE_MAX = 0.001


def middle(samples, key):
    """The median over rounds; None when nothing was measured."""
    values = [each[key] if isinstance(key, str) else key(each) for each in samples if each is not None]
    values = [value for value in values if value is not None]
    return median(values) if values else None


def per_second(sample):
    return sample["count"] / sample["seconds"]


def per_cpu_second(sample):
    return sample["count"] / sample["cpu_seconds"] if sample["cpu_seconds"] > 0 else None


def cpu_seconds_per_million(sample):
    return sample["cpu_seconds"] * 1e6 / sample["count"] if sample["count"] and sample["cpu_seconds"] > 0 else None


def gbit_per_second(sample):
    return sample["bytes"] * 8 / sample["seconds"] / 1e9


def gbit_per_cpu_second(sample):
    return sample["bytes"] * 8 / sample["cpu_seconds"] / 1e9 if sample["cpu_seconds"] > 0 else None


def doubts(samples):
    """Why a saturating measurement of a proxy does not count: '' when it does."""
    proxy = middle(samples, lambda each: each["busy"]["0"])
    load = middle(samples, lambda each: each["busy"]["1"])
    errors = middle(samples, "errors") or 0
    found = []
    if proxy is not None and proxy < PROXY_BUSY_MIN:
        found.append(f"proxy's core {proxy:.0%} busy")
    if load is not None and load > LOAD_BUSY_MAX:
        found.append(f"load's core {load:.0%} busy")
    if errors > ERRORS_SHARE_MAX * max(1, middle(samples, "count") or 0):
        found.append(f"{errors:.0f} errors")
    return ", ".join(found)


# Rows: title, load, what of a sample, digits, whether the proxy must have been saturated.
ROWS = [
    ("1 KiB, 64 connections: requests/s", "small", per_second, 0, True),
    ("... requests per CPU-second", "small", per_cpu_second, 0, False),
    ("... CPU-seconds per million requests", "small", cpu_seconds_per_million, 1, False),
    ("... p50, ms", "small", lambda s: s["p50_us"] / 1e3, 2, True),
    ("... p99, ms", "small", lambda s: s["p99_us"] / 1e3, 2, True),
    ("1,000 requests/s: p50, µs", "rate", "p50_us", 0, False),
    ("... p99, µs", "rate", "p99_us", 0, False),
    ("... p99.9, µs", "rate", "p999_us", 0, False),
    ("100 KiB, 64 connections: requests/s", "large", per_second, 0, True),
    ("... requests per CPU-second", "large", per_cpu_second, 0, False),
    ("a new connection each: requests/s", "connect", per_second, 0, True),
    ("... requests per CPU-second", "connect", per_cpu_second, 0, False),
    ("TCP, 1 stream: Gbit/s", "stream1", gbit_per_second, 1, True),
    ("... Gbit per CPU-second", "stream1", gbit_per_cpu_second, 1, False),
    ("TCP, 8 streams: Gbit/s", "stream8", gbit_per_second, 1, True),
    ("... Gbit per CPU-second", "stream8", gbit_per_cpu_second, 1, False),
    ("TCP, 64 bytes there and back: p50, µs", "pingpong", "p50_us", 1, False),
    ("... p99, µs", "pingpong", "p99_us", 1, False),
    ("1,000 idle connections: KiB each", "idle", "kib_each", 1, False),
]

# The same, without what is spent without a proxy.
OVER_DIRECT = [("... p50 over direct, µs", "rate", "p50_us"), ("... p99 over direct, µs", "rate", "p99_us"),
               ("... p99.9 over direct, µs", "rate", "p999_us")]


def number(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def table(results, targets, memory):
    """Markdown; results: load -> target -> samples. A star marks what does not count; notes say why."""
    lines = ["| measure | " + " | ".join(title for _, title in targets) + " |", "| --- |" + " ---: |" * len(targets)]
    notes = []
    for title, load, key, digits, saturated in ROWS:
        cells = []
        for name, target_title in targets:
            samples = results.get(load, {}).get(name, [])
            text = "-" if name in ("direct", "pods") and "CPU" in title else number(middle(samples, key), digits)
            if saturated and name not in ("direct", "pods") and text != "-":
                why = doubts(samples)
                if why:
                    text += " *"
                    note = f"{target_title}, {load}: {why}"
                    if note not in notes:
                        notes.append(note)
            cells.append(text)
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
        if (title, load) == ("... p99.9, µs", "rate"):
            lines += over_direct(results, targets)
    lines.append("| memory after all of it, MiB | "
                 + " | ".join(number(memory.get(name), 0) for name, _ in targets) + " |")
    return lines, notes


def over_direct(results, targets):
    lines = []
    for title, load, key in OVER_DIRECT:
        base = middle(results.get(load, {}).get("direct", []), key)
        cells = []
        for name, _ in targets:
            value = middle(results.get(load, {}).get(name, []), key)
            cells.append("-" if name in ("direct", "pods") or None in (base, value) else number(value - base, 0))
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines


class Goal:
    """A ratio of Sluice's figure to others'. best: the least of them where less is better."""

    def __init__(self, title, load, key, others, limit, at_least):
        self.title, self.load, self.key, self.others, self.limit, self.at_least = title, load, key, others, limit, at_least


GOALS = [
    Goal("requests per CPU-second, 1 KiB, to Envoy's", "small", per_cpu_second, ["envoy"], 3.0, True),
    Goal("... to HAProxy's", "small", per_cpu_second, ["haproxy"], 0.9, True),
    Goal("... to nginx's", "small", per_cpu_second, ["nginx"], 0.9, True),
    Goal("p99 at saturation to HAProxy's", "small", "p99_us", ["haproxy"], 2.0, False),
    Goal("p50 at 1,000/s to HAProxy's", "rate", "p50_us", ["haproxy"], 1.15, False),
    Goal("p99 at 1,000/s to the best peer's", "rate", "p99_us", ["envoy", "haproxy", "nginx"], 1.0, False),
    Goal("new connections, one request each, per CPU-second, to Envoy's", "connect", per_cpu_second, ["envoy"], 1.5, True),
]


def same_node(results):
    """What a request between two pods costs more than without a proxy, to what two proxies in a row cost."""
    rows = []
    mesh, pods, envoys, direct = (middle(results.get("rate", {}).get(name, []), "p50_us")
                                  for name in ("mesh", "pods", "envoys", "direct"))
    if None not in (mesh, pods, envoys, direct) and envoys > direct:
        rows.append(("pod to pod on one node: p50 at 1,000/s over direct, to two Envoys'", (mesh - pods) / (envoys - direct)))
    own, others = (middle(results.get("small", {}).get(name, []), cpu_seconds_per_million) for name in ("mesh", "envoys"))
    if own and others:
        rows.append(("... CPU a request, to two Envoys'", own / others))
    return [f"| {title} | ≤ 0.5 | {ratio:.2f} | {'met' if ratio <= 0.5 else f'missed: {ratio / 0.5:.2f} of the target'} |"
            for title, ratio in rows]


def goals(results, of="sluice"):
    """Markdown rows: what was aimed at, what was reached."""
    lines = ["| ratio in this run | target | reached | |", "| --- | ---: | ---: | --- |"]
    for goal in GOALS:
        own = middle(results.get(goal.load, {}).get(of, []), goal.key)
        values = [middle(results.get(goal.load, {}).get(other, []), goal.key) for other in goal.others]
        values = [value for value in values if value]
        sign = "≥" if goal.at_least else "≤"
        if own is None or not values:
            lines.append(f"| {goal.title} | {sign} {goal.limit:g} | - | not measured |")
            continue
        ratio = own / min(values)
        met = ratio >= goal.limit if goal.at_least else ratio <= goal.limit
        verdict = "met" if met else f"missed: {ratio / goal.limit:.2f} of the target"
        lines.append(f"| {goal.title} | {sign} {goal.limit:g} | {ratio:.2f} | {verdict} |")
    return lines + same_node(results)
