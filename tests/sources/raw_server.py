"""A server that speaks bytes: what no HTTP library would say."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def speaking(first: bytes, drip: bytes = b"", pause: float = 0.02, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that says `first` to everybody, and then `drip` again and again without end."""
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                plain, _ = listener.accept()
                with plain if context is None else context.wrap_socket(plain, server_side=True) as line:
                    line.settimeout(2.0)
                    # A line that is closed with something unread is reset, and what was said may be lost.
                    line.recv(65536)
                    line.sendall(first)
                    while drip and not ended.wait(pause):
                        line.sendall(drip)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        listener.close()
