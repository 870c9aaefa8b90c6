"""Encrypted connections: whom to trust, and the engine's own certificate; files, never texts."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from waterbalance.errors import Finding, InputError, Place


class _Socket(ssl.SSLSocket):
    """Closed where the handshake fails: paho drops it without closing it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


@dataclass(frozen=True)
class Tls:
    """Certificates as paths of PEM files; without `authority` those that the system trusts."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None

    def context(self) -> ssl.SSLContext:
        """For a client that checks the other's certificate and name. Raises `InputError` where a file is not usable."""
        try:
            context = ssl.create_default_context(cafile=self.authority)
        except OSError as error:
            raise _unusable(self.authority, error) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = _Socket
        if self.certificate is not None:
            try:
                context.load_cert_chain(self.certificate, self.key)
            except OSError as error:
                raise _unusable(f"{self.certificate}, {self.key}", error) from None
        return context


def _unusable(file: str | None, error: OSError) -> InputError:
    remedy = "Name a PEM file that this process can read."
    return InputError(
        "a certificate cannot be used", (Finding("the file is not usable", Place(file), error.strerror, None, remedy),)
    )
