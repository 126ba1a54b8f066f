"""Asks one address for a known and an unknown host; prints both statuses. Runs inside a pod's namespace too."""

import http.client
import sys


def status(to, host):
    address, port = to.split(":")
    connection = http.client.HTTPConnection(address, int(port), timeout=5)
    try:
        connection.request("GET", "/1k", headers={"Host": host})
        response = connection.getresponse()
        body = response.read()
        return response.status if response.status != 200 or len(body) == 1024 else -1
    finally:
        connection.close()


if __name__ == "__main__":
    print(*(status(sys.argv[1], host) for host in sys.argv[2:]))
