"""A real PostgreSQL for a test session: made in a temporary folder, on loopback, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDS_POSTGRESQL = "needs PostgreSQL (initdb and pg_ctl)"


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(on_path).resolve().parent if on_path else known[-1].parent if known else None


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def postgresql(folder_of_programs: Path) -> Iterator[str]:
    """Start a server; yields a URL whose database is empty."""
    with restartable(folder_of_programs) as (url, _):
        yield url


@contextmanager
def restartable(folder_of_programs: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server; yields a URL whose database is empty, and what restarts it as after a power cut."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="waterbalance-postgresql-"))
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, user)

    def call(name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(folder_of_programs / name), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            user=user if os.geteuid() == 0 else None,
            cwd=folder,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{name} ended with {done.returncode}")

    data = str(folder / "data")
    try:
        call("initdb", "--pgdata", data, "--username", "tester", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "start", "--pgdata", data, "--wait", "--log", str(folder / "log"), "--options", options)

        def restart() -> None:
            call("pg_ctl", "restart", "--pgdata", data, "--mode", "immediate", "--wait", "--log", str(folder / "log"))

        yield f"postgresql://tester@127.0.0.1:{port}/postgres", restart
    finally:
        call("pg_ctl", "stop", "--pgdata", data, "--mode", "immediate", "--wait")
        shutil.rmtree(folder)
