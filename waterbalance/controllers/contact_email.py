"""An e-mail through an SMTP server, encrypted; user and password are named by their environment variables.

starttls    the line becomes an encrypted one before anything is told (RFC 3207); port 587
tls         encrypted from the first byte (RFC 8314); port 465
none        only to this machine's own mail server
"""

from __future__ import annotations

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from waterbalance.controllers.contact import Call, ContactSettings, VariableName
from waterbalance.controllers.secret import Secret
from waterbalance.controllers.tls import Tls

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _mailbox(text: str) -> str:
    try:
        read = Address(addr_spec=text)
    except (ValueError, IndexError, LookupError):
        read = None
    if read is None or not read.domain or not text.isascii():
        raise ValueError("an address such as duty@bureau.example")
    return text


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class EmailContact(ContactSettings):
    """Mailboxes behind one server."""

    kind: Literal["email"]

    to: tuple[Mailbox, ...] = Field(min_length=1)
    """Who reads it."""

    sender: Mailbox
    """Who it comes from."""

    server: str = Field(min_length=1)
    """Host of the mail server."""

    port: int | None = Field(default=None, ge=1, le=65_535, strict=True)
    """587 for `starttls`, 465 for `tls`, 25 for `none`."""

    encryption: Literal["starttls", "tls", "none"] = "starttls"
    """How the line is encrypted."""

    authority: str | None = None
    """A PEM file with one's own certificate authority; left out: those that the system trusts."""

    user_from: VariableName | None = None
    """Variable with the user; none: the server asks for no login."""

    password_from: VariableName | None = None
    """Variable with the password."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.encryption == "none" and self.server not in _HERE:
            raise ValueError(f"without encryption only this machine's own server is asked: {', '.join(sorted(_HERE))}")
        if (self.user_from is None) != (self.password_from is None):
            raise ValueError("user_from and password_from go together")
        return self

    def call(self, call: Call, folder: Path) -> None:
        """Send it. Raises `ContactError` where the server does not take it for every reader."""
        login = None
        if self.user_from is not None and self.password_from is not None:
            login = Secret(self.user_from).reveal(), Secret(self.password_from).reveal()
        try:
            with self._connected(folder) as server:
                if login is not None:
                    server.login(*login)
                refused = server.send_message(self._message(call))
        except smtplib.SMTPResponseException as error:
            # The server's own text may repeat what it was told.
            raise self.unreached(f"status {error.smtp_code} of the mail server", self.server) from None
        except (OSError, smtplib.SMTPException) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            raise self.unreached(str(told), self.server) from None
        if refused:
            raise self.unreached(f"refused for {', '.join(sorted(refused))}", self.server)

    def _connected(self, folder: Path) -> smtplib.SMTP:
        port = self.port or _PORTS[self.encryption]
        authority = None if self.authority is None else str(folder / self.authority)
        if self.encryption == "tls":
            return smtplib.SMTP_SSL(self.server, port, timeout=self.timeout, context=Tls(authority).context())
        server = smtplib.SMTP(self.server, port, timeout=self.timeout)
        if self.encryption == "starttls":
            try:
                server.starttls(context=Tls(authority).context())
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, call: Call) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(self.to)
        message["Subject"] = " ".join(call.subject.split())
        message["Date"] = format_datetime(call.at)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(call.text)
        return message
