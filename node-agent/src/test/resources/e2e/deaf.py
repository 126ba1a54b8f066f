"""The other end of connections whose pod dies: deaf.py server HOST PORT | client HOST PORT.

A server never reads, a client sends and never reads. Each prints how its connection ended: "end reset" or "end closed".
"""

import select
import socket
import sys
import threading


def watch(connection, sends):
    connection.setblocking(False)
    data = b"x" * 65536
    poll = select.poll()
    poll.register(connection, (select.POLLOUT if sends else 0) | select.POLLRDHUP)
    while True:
        for _, events in poll.poll():
            if events & (select.POLLERR | select.POLLHUP):
                print("end reset", flush=True)
                return
            if events & select.POLLRDHUP:
                print("end closed", flush=True)
                return
            try:
                connection.send(data)
            except BlockingIOError:
                pass
            except OSError:
                print("end reset", flush=True)
                return


def serve():
    server = socket.create_server((sys.argv[2], int(sys.argv[3])))
    print("listening", flush=True)
    while True:
        connection = server.accept()[0]
        print("accepted", flush=True)
        threading.Thread(target=watch, args=(connection, False), daemon=True).start()


if sys.argv[1] == "server":
    serve()
else:
    connection = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    print("listening", flush=True)
    watch(connection, True)
