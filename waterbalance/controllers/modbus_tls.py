"""Modbus/TCP Security: the same registers within TLS, port 802 (MB-TCP-Security, Modbus Organization, v3.6, 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    import ssl

    from waterbalance.controllers.tls import Tls


class NamedContext:
    """What the library takes for a context; it names no host itself, so that no certificate could be told from another one's.

    The handshake is left to the first words on the line, which are the engine's own: its complaints are not lost in the library.
    """

    def __init__(self, tls: Tls, host: str) -> None:
        self._context = tls.context()
        self._host = host

    def wrap_socket(self, plain: socket.socket, *, server_side: bool = False) -> ssl.SSLSocket:
        """The encrypted end of a socket, which checks the other side's certificate and name."""
        return self._context.wrap_socket(
            plain, server_side=server_side, server_hostname=self._host, do_handshake_on_connect=False
        )
