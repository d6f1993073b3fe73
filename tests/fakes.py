"""Somebody else's HTTP server, for what leaves by itself: webhooks, browser push."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class Listener(HTTPServer):
    """Keeps what its handler puts in `got`; answers `status`."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], status: int) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = status


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler], status: int) -> Iterator[Listener]:
    server = Listener(handler, status)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
