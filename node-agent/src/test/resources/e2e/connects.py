"""Connects to an HTTP server at a steady rate for some seconds: connects.py HOST PORT PER_SECOND SECONDS FILE.

Writes one line per connect into FILE: begin and end in nanoseconds of CLOCK_MONOTONIC, and how it went. A connect is good when
the answer's first byte came. The test sees from FILE that the first ones went well before it does its deed.
"""

import socket
import sys
import threading
import time

host, port, rate, seconds, path = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
WORKERS = 64  # one that hangs must not hold up the others
lock = threading.Lock()
start = time.monotonic()
out = open(path, "w", buffering=1)


def one():
    begin = time.monotonic_ns()
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            verdict = "ok" if connection.recv(1) else "closed"
    except OSError as e:
        verdict = type(e).__name__
    with lock:
        out.write("%d %d %s\n" % (begin, time.monotonic_ns(), verdict))


def work(index):
    period = WORKERS / rate
    due = start + index / rate
    while due < start + seconds:
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        one()
        due = max(due + period, time.monotonic())  # what was missed is not made up for: the rate stays


threads = [threading.Thread(target=work, args=(index,)) for index in range(WORKERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
