"""A real broker on loopback: Eclipse mosquitto with TLS, passwords or client certificates, and rights by controller."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from controllers.certificates import Authority
from controllers.mqtt_device import Login
from postgresql_server import free_port

BROKER = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/sbin")

PASSWORD = "correct horse battery staple"  # noqa: S105 (a broker that lives for a test)

RIGHTS = """
user engine
topic readwrite waterbalance/v1/#
user field
topic readwrite waterbalance/v1/#
pattern read waterbalance/v1/%u/schedule
pattern read waterbalance/v1/_engine/heartbeat
pattern write waterbalance/v1/%u/ack
pattern write waterbalance/v1/%u/state
"""


class Mosquitto:
    """One broker; `kill` and `start` again on the same ports."""

    def __init__(self, folder: Path, users: Iterable[str]) -> None:
        assert BROKER is not None
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.authority = Authority(folder / "certificates")
        self.port, self.port_for_certificates = free_port(), free_port()
        server = self.authority.server()
        (folder / "rights").write_text(RIGHTS)
        (folder / "passwords").touch(mode=0o600)
        for user in ("engine", "field", *users):
            self._user(user)
        tls = f"cafile {self.authority.file}\ncertfile {server.certificate}\nkeyfile {server.key}\ntls_version tlsv1.2\n"
        self.settings = folder / "mosquitto.conf"
        self.settings.write_text(
            f"user root\npersistence false\nallow_anonymous false\nmax_queued_messages 0\nlog_dest stderr\n"
            f"password_file {folder / 'passwords'}\nacl_file {folder / 'rights'}\n"
            f"listener {self.port} 127.0.0.1\n{tls}"
            f"listener {self.port_for_certificates} 127.0.0.1\n{tls}require_certificate true\nuse_identity_as_username true\n"
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([str(BROKER), "-c", str(self.settings)], stderr=log, stdout=log)
        for port in (self.port, self.port_for_certificates):
            deadline = time.monotonic() + 10
            while not self._listens(port):
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.02)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def login(self, user: str, password: str = PASSWORD) -> Login:
        return Login(self.port, self.authority.file, user, password)

    def login_by_certificate(self, name: str) -> Login:
        files = self.authority.client(name)
        return Login(self.port_for_certificates, self.authority.file, None, None, files.certificate, files.key)

    def _user(self, user: str) -> None:
        command = ["mosquitto_passwd", "-b", str(self.folder / "passwords"), user, PASSWORD]
        subprocess.run(command, check=True, capture_output=True)

    def _listens(self, port: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            return False
        return True
