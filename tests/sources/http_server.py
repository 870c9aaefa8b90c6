"""A server on loopback that answers what it is told to, well or badly, and remembers what it was asked."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """One answer, with its faults."""

    content: bytes = b"[]"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Silence before anything is said. [s]"""

    drip: float = 0.0
    """Wait after each byte. [s]"""

    promised: int | None = None
    """Content-Length, where it is not the truth."""

    chunks: int | None = None
    """Number of chunks in which `content` is repeated without a Content-Length."""


def told(value: object, **more: Any) -> Reply:
    """A value as JSON."""
    return Reply(json.dumps(value, ensure_ascii=False).encode(), **more)


Answer = Reply | Callable[[Query], Reply]


class Server:
    """Answers by path: each answer once, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, Query]] = []
        self.ended = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, path: str, *answers: Answer) -> str:
        """Tell what is answered under a path; its address."""
        self.answers[path] = list(answers)
        return f"{self.url}{path}"

    def close(self) -> None:
        self.ended.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _next(self, path: str, query: Query) -> Reply:
        self.asked.append((path, query))
        answers = self.answers.get(path)
        if not answers:
            return Reply(b"not found", 404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else answer(query)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
                reply = server._next(parts.path, query)
                server.ended.wait(reply.wait)
                with contextlib.suppress(OSError):
                    self._send(reply)

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.chunks is None:
                    self.send_header("Content-Length", str(len(reply.content) if reply.promised is None else reply.promised))
                self.end_headers()
                for _ in range(reply.chunks or 1):
                    self._write(reply)
                self.close_connection = True

            def _write(self, reply: Reply) -> None:
                if not reply.drip:
                    self.wfile.write(reply.content)
                    return
                for byte in reply.content:
                    self.wfile.write(bytes([byte]))
                    if server.ended.wait(reply.drip):
                        return

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
                """Silent."""

        return Handler


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()


def pages(rows: list[Any], largest: int = 1000) -> Callable[[Query], Reply]:
    """Rows in pages as the open data of the water agency has them; no page is larger than the server likes."""

    def page(query: Query) -> Reply:
        size = min(int(query["size"]), largest)
        start = (int(query["page"]) - 1) * size
        return told(rows[start : start + size])

    return page
