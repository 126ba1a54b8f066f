"""Speaks memcached's protocols by hand: memcached.py HOST PORT text|meta|binary. Prints the value that it got back."""

import socket
import struct
import sys

VALUE = b"shelf 7" * 1000
SET, GET = 1, 0


def text(out, lines):
    out(b"set text 0 0 %d\r\n%s\r\n" % (len(VALUE), VALUE))
    assert lines.readline() == b"STORED\r\n"
    out(b"get text\r\n")
    assert lines.readline() == b"VALUE text 0 %d\r\n" % len(VALUE)
    value = lines.read(len(VALUE))
    assert lines.readline() + lines.readline() == b"\r\nEND\r\n"
    return value


def meta(out, lines):
    out(b"ms meta %d\r\n%s\r\n" % (len(VALUE), VALUE))
    assert lines.readline() == b"HD\r\n"
    out(b"mg meta v\r\n")
    assert lines.readline() == b"VA %d\r\n" % len(VALUE)
    value = lines.read(len(VALUE))
    assert lines.readline() == b"\r\n"
    return value


def binary(out, lines):
    def call(code, extras, key, value):
        size = len(extras) + len(key) + len(value)
        out(struct.pack("!BBHBBHIIQ", 0x80, code, len(key), len(extras), 0, 0, size, 0, 0) + extras + key + value)
        head = struct.unpack("!BBHBBHIIQ", lines.read(24))
        assert head[0] == 0x81 and head[5] == 0, head
        return lines.read(head[6])[head[3] :]

    call(SET, struct.pack("!II", 0, 0), b"binary", VALUE)
    return call(GET, b"", b"binary", b"")


with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) as connection:
    lines = connection.makefile("rb")
    assert {"text": text, "meta": meta, "binary": binary}[sys.argv[3]](connection.sendall, lines) == VALUE
    connection.shutdown(socket.SHUT_WR)
    assert lines.read() == b""
print("as sent")
