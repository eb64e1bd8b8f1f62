"""Asks a service from inside its room: PORT PATH DEADLINE; prints the status line of its answer."""

import http.client
import sys
import time

port, path, deadline = int(sys.argv[1]), sys.argv[2], time.monotonic() + float(sys.argv[3])
while True:
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("GET", path)
        answer = link.getresponse()
        print("HTTP", answer.status, answer.reason, flush=True)
        sys.exit(0 if answer.status < 500 else 1)
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() > deadline:
            print("no answer:", error, flush=True)
            sys.exit(1)
        time.sleep(0.1)
