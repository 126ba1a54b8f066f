"""Servers of the end-to-end tests: server.py http|banner HOST PORT [--tls CERT KEY] [--block FILE]."""

import hashlib
import http.server
import json
import socket
import socketserver
import ssl
import sys
import time
import urllib.parse


def option(name, count):
    if name not in sys.argv:
        return None
    at = sys.argv.index(name)
    return sys.argv[at + 1 : at + 1 + count]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def log_message(self, *args):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/bytes":
            return self.bytes_out(int(query["n"][0]))
        if url.path.startswith("/slow"):
            time.sleep(float(query["s"][0]))
        status = int(query.get("status", ["200"])[0])
        self.answer(
            status,
            {
                "peer": self.connection.getpeername()[0],
                "accepted": self.client_address[0],
                "local": self.connection.getsockname()[:2],
                "path": self.path,
                "host": self.headers["host"],
                "request_id": self.headers["x-request-id"],
                "tls": isinstance(self.connection, ssl.SSLSocket),
            },
        )

    def bytes_out(self, blocks):
        with open(option("--block", 1)[0], "rb") as file:
            block = file.read()
        self.send_response(200)
        self.send_header("content-length", str(blocks * len(block)))
        self.end_headers()
        for _ in range(blocks):
            self.wfile.write(block)

    def do_PUT(self):
        digest = hashlib.sha256()
        count = 0
        for part in self.body():
            digest.update(part)
            count += len(part)
        self.answer(200, {"bytes": count, "sha256": digest.hexdigest()})

    def body(self):
        if "content-length" in self.headers:
            yield from self.exactly(int(self.headers["content-length"]))
            return
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            yield from self.exactly(size)
            self.rfile.readline()
            if size == 0:
                return

    def exactly(self, left):
        while left > 0:
            part = self.rfile.read(min(left, 1 << 20))
            if not part:
                raise EOFError("%d bytes of the body are missing" % left)
            left -= len(part)
            yield part


class Banner(socketserver.StreamRequestHandler):
    """Speaks first, then echoes lines."""

    def handle(self):
        self.wfile.write(("hello %s\n" % self.request.getpeername()[0]).encode())
        for line in self.rfile:
            self.wfile.write(line)


def listen(base, handler):
    host, port = sys.argv[2], int(sys.argv[3])

    class Server(socketserver.ThreadingMixIn, base):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 1024
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def server_bind(self):
            if host == "::":
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = host, port

    server = Server((host, port), handler)
    tls = option("--tls", 2)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening", flush=True)
    server.serve_forever()


if sys.argv[1] == "http":
    listen(http.server.HTTPServer, Handler)
else:
    listen(socketserver.TCPServer, Banner)
