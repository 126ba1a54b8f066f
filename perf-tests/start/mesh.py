"""Pods in network namespaces, and the resources that the agent gets to know them by."""

import json
import subprocess

from processes import run
from proxies import HOST

POD_PREFIX = "sluice-p-s"
ADMIN, PLAIN = 18209, 18200
BACKEND = {"http": 18281, "source": 18282, "echo": 18283}
SERVICES = {"http": ("10.79.1.1", 80), "source": ("10.79.1.2", 9001), "echo": ("10.79.1.3", 9002)}


def pod_name(number):
    """The first one is the pod that load is sent from."""
    return f"{POD_PREFIX}{number}"


def pod_address(number):
    return f"10.78.{10 + number // 200}.{2 + number % 200}/24"


class Namespace:
    """A pod's network namespace, with one address and nobody on the other side."""

    def __init__(self, name, address):
        self.name = name
        self.remove()
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        run("ip", "-n", name, "addr", "add", address, "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "link", "set", "eth1", "up")

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], stderr=subprocess.DEVNULL)


def configuration(directory, pods):
    """The backends, and one pod a file with a Service of its own, as on a node."""
    config = directory / "mesh"
    config.mkdir()
    write(config / "backends.json", [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bench", "labels": {"istio-injection": "enabled"}}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "plain", "namespace": "bench", "labels": {"app": "plain"}}},
        entry("http", HOST, "HTTP"),
        entry("source", "source.bench.example", "TCP"),
        entry("echo", "echo.bench.example", "TCP"),
        {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "web", "namespace": "bench"},
         "spec": {"hosts": [HOST], "http": [{"timeout": "1s", "route": [{"destination": {"host": HOST}}]}]}}])
    for number in range(pods):
        name = f"app-{number}"
        write(config / f"{name}.json", [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {
                "name": name, "namespace": "bench", "labels": {"app": name},
                "annotations": {"sluice.io/netns": f"/run/netns/{pod_name(number)}"}}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "bench"},
             "spec": {"clusterIP": f"10.80.0.{1 + number}", "selector": {"app": name},
                      "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}}])
    return config


def entry(kind, host, protocol):
    ip, port = SERVICES[kind]
    return {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": kind, "namespace": "bench"},
            "spec": {"hosts": [host], "addresses": [ip], "resolution": "STATIC",
                     "ports": [{"number": port, "name": kind, "protocol": protocol}],
                     "endpoints": [{"address": "127.0.0.1", "ports": {kind: BACKEND[kind]}}]}}


def write(file, items):
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
