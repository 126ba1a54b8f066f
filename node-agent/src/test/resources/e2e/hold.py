"""Holds connections of all kinds: hold.py IP4 IP6 PORT OWN_IP4 CONTROL.

IP4, IP6, PORT: a server that greets and echoes lines. The first line of the file CONTROL says what to do: "close NAME ..." or
"check", which sends a line through each connection that is left; the answers are printed.
"""

import os
import socket
import socketserver
import sys
import threading
import time

ip4, ip6, port, own4, control = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
OWN_PORT = 7000


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET6


def connect(host, to):
    connection = socket.create_connection((host, to), timeout=10)
    if to == port:
        connection.recv(100)
    return connection


def echoes(connection, line):
    connection.sendall(line)
    got = b""
    while len(got) < len(line):
        part = connection.recv(65536)
        if not part:
            return False
        got += part
    return got == line


def keep_busy(connection, state):
    line = b"x" * 60000 + b"\n"
    while True:
        if not echoes(connection, line):
            state["failed"] = True
            return
        state["lines"] += 1


server = Server(("::", OWN_PORT), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()
held = {
    "a": connect(ip4, port),
    "b": connect(ip4, port),
    "six": connect(ip6, port),
    "own": connect(own4, OWN_PORT),
    "loopback": connect("127.0.0.1", OWN_PORT),
}
connect(ip4, port).close()
busy = connect(ip4, port)
state = {"lines": 0, "failed": False}
threading.Thread(target=keep_busy, args=(busy, state), daemon=True).start()
print("listening", flush=True)

done = ""
while True:
    command = open(control).read().strip() if os.path.exists(control) else ""
    if command != done:
        done = command
        words = command.split()
        if words[0] == "close":
            for name in words[1:]:
                held.pop(name).close()
        else:
            before = state["lines"]
            answers = ["%s %s" % (name, "ok" if echoes(each, b"ping\n") else "LOST") for name, each in held.items()]
            time.sleep(0.3)
            answers.append("busy %s" % ("ok" if state["lines"] > before and not state["failed"] else "LOST"))
            print("checked " + ", ".join(sorted(answers)), flush=True)
    time.sleep(0.05)
