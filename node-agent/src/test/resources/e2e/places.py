"""Tells where connections land: places.py serve PORT..., places.py call HOST PORT COUNT.

A server sends ADDRESS:PORT of its own end and closes. The caller prints how many connections got
which text, or which error, as JSON.
"""

import collections
import json
import socket
import sys
import threading


def serve(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(1024)
    threading.Thread(target=answer, args=(listener,)).start()


def answer(listener):
    while True:
        connection = listener.accept()[0]
        with connection:
            connection.sendall(("%s:%d" % connection.getsockname()[:2]).encode())
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


def call(host, port):
    try:
        with socket.create_connection((host, port), timeout=10) as connection:
            return connection.makefile().read()
    except OSError as e:
        return type(e).__name__


if sys.argv[1] == "serve":
    for number in sys.argv[2:]:
        serve(int(number))
    print("listening", flush=True)
else:
    where = [call(sys.argv[2], int(sys.argv[3])) for _ in range(int(sys.argv[4]))]
    print(json.dumps(collections.Counter(where), sort_keys=True))
