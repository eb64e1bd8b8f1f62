"""A service that greets whoever asks over HTTP; it needs nothing but the standard library."""

import argparse
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

__version__ = "0.3.0"


class Greeter(BaseHTTPRequestHandler):
    """Answers `/` and `/health`."""

    server_version = f"hello-svc/{__version__}"

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/health":
            return self.answer(200, {"status": "ok"})
        if asked.path != "/":
            return self.answer(404, {"error": f"there is nothing at {asked.path}"})
        name = parse_qs(asked.query).get("name", ["world"])[0]
        return self.answer(200, {"greeting": f"Hello, {name}!"})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main():
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(prog="hello-svc", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    options = parser.parse_args()
    with ThreadingHTTPServer((options.host, options.port), Greeter) as server:
        print(f"hello-svc listens on http://{options.host}:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
