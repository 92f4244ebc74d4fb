"""A program that serves: 200 on every path, until SIGTERM."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Desk).serve_forever()
