"""A DNS server for a few names: dns.py ADDRESS NAME=IPV4..., or dns.py ADDRESS silent.

Other names do not exist; a silent one never answers.
"""

import socket
import struct
import sys

silent = sys.argv[2] == "silent"
known = {} if silent else dict(entry.split("=") for entry in sys.argv[2:])


def answer(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode().lower())
        at += 1 + query[at]
    question = query[12 : at + 5]
    address = known.get(".".join(labels))
    has = address is not None and struct.unpack("!H", query[at + 1 : at + 3])[0] == 1
    flags = 0x8580 if address is not None else 0x8583
    reply = query[:2] + struct.pack("!5H", flags, 1, int(has), 0, 0) + question
    if has:
        reply += struct.pack("!3HIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address)
    return reply


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
print("listening", flush=True)
while True:
    data, client = server.recvfrom(4096)
    if not silent:
        server.sendto(answer(data), client)
