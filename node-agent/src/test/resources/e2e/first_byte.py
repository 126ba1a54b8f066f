"""How long a server's first byte takes from connect on: first_byte.py HOST PORT COUNT OPENING. Prints the median in ms.

OPENING is what the client sends first, in hexadecimal; "" if the server speaks first; tls:NAME for a ClientHello for NAME.
"""

import socket
import ssl
import statistics
import sys
import time


def opening(text):
    if not text.startswith("tls:"):
        return bytes.fromhex(text)
    out = ssl.MemoryBIO()
    context = ssl.create_default_context()
    tls = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=text[4:])
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


def measure(host, port, first):
    started = time.perf_counter()
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(first)
        if not connection.recv(65536):
            raise EOFError("closed without a byte")
        took = time.perf_counter() - started
        connection.shutdown(socket.SHUT_WR)  # an ordinary end: nothing stays unread
        while connection.recv(65536):
            pass
    return took * 1000


host, port, count, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), opening(sys.argv[4])
print("%.1f" % statistics.median(measure(host, port, first) for _ in range(count)))
