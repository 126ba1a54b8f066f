"""A client that tells what it sees of its own connection: client.py HOST PORT [PATH]. Prints JSON.

With a path it asks for it by HTTP, without one it prints the server's first line.
"""

import http.client
import json
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
try:
    connection = socket.create_connection((host, port), timeout=10)
    seen = {"remote": connection.getpeername()[0], "local": connection.getsockname()[0]}
    if len(sys.argv) > 3:
        client = http.client.HTTPConnection(host, port, timeout=10)
        client.sock = connection
        client.request("GET", sys.argv[3])
        response = client.getresponse()
        seen["status"] = response.status
        seen["body"] = response.read().decode()
    else:
        seen["line"] = connection.makefile().readline().strip()
        connection.sendall(b"ping\n")
        seen["echo"] = connection.recv(100).decode().strip()
except OSError as e:
    seen = {"error": type(e).__name__}
print(json.dumps(seen))
