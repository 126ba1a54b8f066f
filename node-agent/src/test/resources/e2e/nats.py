"""Speaks NATS by hand: nats.py HOST PORT COUNT. Subscribes, publishes COUNT messages, prints how many came back."""

import socket
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with socket.create_connection((host, port), timeout=10) as connection:
    lines = connection.makefile("rb")
    info = lines.readline()
    assert info.startswith(b"INFO {"), info
    connection.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB books 1\r\nPING\r\n')
    assert lines.readline() == b"PONG\r\n"
    for number in range(count):
        text = b"book %d" % number
        connection.sendall(b"PUB books %d\r\n%s\r\n" % (len(text), text))
    for number in range(count):
        text = b"book %d" % number
        assert lines.readline() == b"MSG books 1 %d\r\n" % len(text)
        assert lines.readline() == text + b"\r\n"
    connection.shutdown(socket.SHUT_WR)
    assert lines.read() == b""
print("received %d" % count)
