"""A mail server on loopback: STARTTLS or TLS, login, and mailboxes that refuse. One connection after the other."""

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from controllers.certificates import Files


@dataclass
class MailServer:
    """Speaks as much of RFC 5321 as a client of the standard library needs."""

    files: Files | None = None
    from_first_byte: bool = False
    login: tuple[str, str] | None = None
    refuses: frozenset[str] = frozenset()
    busy: int = 0
    """How many connections are sent away first."""

    mails: list[EmailMessage] = field(default_factory=list)
    readers: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._listener.close()

    def _context(self) -> ssl.SSLContext:
        assert self.files is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.files.certificate, self.files.key)
        return context

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                continue
            line.settimeout(5)
            with contextlib.suppress(OSError, ValueError):
                if self.from_first_byte:
                    line = self._context().wrap_socket(line, server_side=True)
                _Talk(self, line, encrypted=self.from_first_byte).hold()
            line.close()


class _Talk:
    def __init__(self, server: MailServer, line: socket.socket, *, encrypted: bool) -> None:
        self.server, self.line, self.encrypted = server, line, encrypted
        self.known = server.login is None
        self.to: list[str] = []
        self.file = line.makefile("rb")

    def say(self, text: str) -> None:
        self.line.sendall(text.encode() + b"\r\n")

    def hold(self) -> None:
        if self.server.busy:
            self.server.busy -= 1
            self.say("421 secret words of the server")
            self.close()
            return
        self.say("220 loopback")
        while (heard := self.file.readline()) and self.answer(heard.decode().strip()):
            pass
        self.close()

    def close(self) -> None:
        self.file.close()
        self.line.close()

    def answer(self, told: str) -> bool:
        word, _, rest = told.partition(" ")
        match word.upper():
            case "EHLO":
                offers = ["loopback", "8BITMIME", "SMTPUTF8"]
                offers += ["STARTTLS"] if self.server.files and not self.encrypted else []
                offers += ["AUTH PLAIN"] if self.server.login and self.encrypted else []
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            case "STARTTLS":
                self.say("220 go ahead")
                self.file.close()
                self.line = self.server._context().wrap_socket(self.line, server_side=True)
                self.file = self.line.makefile("rb")
                self.encrypted = True
            case "AUTH":
                _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
                self.known = (user, password) == self.server.login
                self.say("235 welcome" if self.known else f"535 {password} is wrong")
            case "MAIL":
                self.say("250 ok" if self.known else "530 login first")
            case "RCPT":
                reader = rest.partition("<")[2].partition(">")[0]
                refused = reader in self.server.refuses
                self.to += [] if refused else [reader]
                self.say("550 no such reader" if refused else "250 ok")
            case "DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            case "QUIT":
                self.say("221 bye")
                return False
            case _:
                self.say("250 ok")
        return True

    def take(self) -> None:
        content = b""
        while (line := self.file.readline()) != b".\r\n":
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        self.server.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.server.readers.append(self.to)
        self.server.encrypted.append(self.encrypted)


@contextlib.contextmanager
def mail_server(**told: object) -> Iterator[MailServer]:
    server = MailServer(**told)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.close()
