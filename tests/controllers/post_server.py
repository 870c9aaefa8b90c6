"""A server on loopback that takes what is posted, and answers with the statuses it was told, the last one for ever."""

import contextlib
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from controllers.certificates import Files


class PostServer:
    """Remembers headers and bodies."""

    def __init__(self, *statuses: int, files: Files | None = None) -> None:
        self.statuses = list(statuses) or [200]
        self.posted: list[tuple[str, Mapping[str, str], bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.posted.append((self.path, dict(self.headers), body))
                self.send_response(server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0])
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
                """Silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if files is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.certificate, files.key)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
            self.scheme = "https"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._http.server_address[1]}/hook"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextlib.contextmanager
def post_server(*statuses: int, files: Files | None = None) -> Iterator[PostServer]:
    server = PostServer(*statuses, files=files)
    try:
        yield server
    finally:
        server.close()
