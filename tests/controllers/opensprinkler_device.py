"""A fake OpenSprinkler 2.2.1(3), a real HTTP server built from what was measured on the real firmware.

`pid=-1` twice makes two programs; seconds are stored in 16 bits (70000 becomes 4464) and accepted all the same; the clock is that
of the wall, told as if it were UTC; deleting a program renumbers those after it.
"""

import datetime as dt
import hashlib
import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from controllers.peer import Faults
from waterbalance.controllers.controller import Controller
from waterbalance.controllers.opensprinkler import OpenSprinklerStation
from waterbalance.controllers.opensprinkler_http import Address, Sprinkler
from waterbalance.controllers.secret import Secret
from waterbalance.schedule.command import Action, Fallback, Mode, Row

PASSWORD = "opendoor for tests"  # noqa: S105 (a fake that lives for a test)
VARIABLE = "WATERBALANCE_TEST_OPENSPRINKLER_PASSWORD"

CHANGES = {"cp", "dp", "cm"}


@dataclass
class FakeOpenSprinkler:
    """The device, and a peer of the battery: its third station."""

    name: str = "KH-V003"
    mode: Mode = "duration"
    setpoints: tuple[float, ...] = (1800.0, 900.0, 0.0)
    clamped_at: float = 1000.0
    most: float = 3600.0
    fallback: Fallback = field(default_factory=lambda: Fallback("close"))
    tells_clock: bool = True
    faults: Faults = field(default_factory=Faults)
    station: int = 2
    zone: int = 80
    """48 is UTC, in quarter hours: 80 is Taipei; the factory's 28 is UTC-5."""

    programs: list[list[Any]] = field(default_factory=list)
    running: dict[int, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    effects: list[int] = field(default_factory=list)
    most_programs: int = 40
    rain_delay: int = 0

    def __post_init__(self) -> None:
        device = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told = json.dumps(device.answer(self.path)).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(told)))
                    self.end_headers()
                    self.wfile.write(told)
                except ConnectionError:
                    pass

            def log_message(self, *_: object) -> None:
                """It logs nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def controller(self) -> Controller:
        sprinkler = Sprinkler(Address("127.0.0.1", Secret(VARIABLE), self.port, timeout=1.8))
        return OpenSprinklerStation(self.name, sprinkler, self.station)

    def taken(self) -> list[int]:
        return self.effects

    def doing(self) -> tuple[Action, tuple[Row, ...]]:
        enabled = sorted(program for program in self.programs if program[0] & 1)
        rows = []
        for _, high, low, starts, seconds, name in sorted(enabled, key=lambda each: (each[1], each[2], each[3])):
            begin = ((high << 8 | low) * 1440 + starts[0]) * 60 - (self.zone - 48) * 900
            start = dt.datetime.fromtimestamp(begin, dt.UTC)
            rows.append(Row(start, start + dt.timedelta(minutes=int(name.split(".")[-1])), float(seconds[self.station])))
        if rows:
            return "apply", tuple(rows)
        last: Action = self.programs[-1][5].split(".")[-1] if self.programs else "apply"
        return last, ()

    def wall(self) -> int:
        return int(time.time() + (self.zone - 48) * 900 + self.faults.fast)

    def answer(self, path: str) -> dict[str, Any]:
        self.requests.append(path)
        parts = urlsplit(path)
        fields = {key: values[0] for key, values in parse_qs(parts.query).items()}
        command = parts.path.strip("/")
        if fields.get("pw") != hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest():
            return {"result": 2}
        if command in CHANGES and self.faults.wrong:
            return {"result": 1}
        told: dict[str, Any] = getattr(self, f"_{command}", lambda _: {"result": 32})(fields)
        time.sleep(self.faults.late)
        return told

    def _jp(self, _: dict[str, str]) -> dict[str, Any]:
        programs = [[*program, [0, 33, 415]] for program in self.programs]
        return {"nprogs": len(programs), "nboards": 1, "mnp": self.most_programs, "mnst": 4, "pnsize": 32, "pd": programs}

    def _jc(self, _: dict[str, str]) -> dict[str, Any]:
        return {"devt": self.wall(), "nbrd": 1, "en": int(not self.faults.local), "rd": self.rain_delay, "ps": []}

    def _jo(self, _: dict[str, str]) -> dict[str, Any]:
        return {"fwv": 221, "tz": self.zone, "ntp": 1}

    def _cp(self, fields: dict[str, str]) -> dict[str, Any]:
        if "pid" not in fields or "v" not in fields:
            return {"result": 16}
        number = int(fields["pid"])
        if not -1 <= number < len(self.programs) or (number == -1 and len(self.programs) >= self.most_programs):
            return {"result": 17}
        flag, high, low, starts, seconds = json.loads(fields["v"])
        if len(starts) > 4 or not all(0 <= octet <= 255 for octet in (flag, high, low)):
            return {"result": 18}
        most = self.faults.most
        stored = [(each if most is None else min(each, int(most))) & 0xFFFF for each in seconds]
        program = [flag, high, low, starts, stored, fields.get("name", "Program")[:31]]
        if number == -1:
            self.programs.append(program)
        else:
            self.programs[number] = program
        self._note(program)
        return {"result": 1}

    def _dp(self, fields: dict[str, str]) -> dict[str, Any]:
        number = int(fields["pid"])
        if not 0 <= number < len(self.programs):
            return {"result": 17}
        del self.programs[number]
        return {"result": 1}

    def _cm(self, fields: dict[str, str]) -> dict[str, Any]:
        if fields["en"] == "0":
            self.running.pop(int(fields["sid"]), None)
        return {"result": 1}

    def _note(self, program: list[Any]) -> None:
        """A command has an effect once the first of its programs is enabled."""
        parts = str(program[5]).split(".")
        if program[0] & 1 and parts[0] == f"wb{self.station}":
            sequence = int(parts[1])
            if sequence not in self.effects[-1:]:
                self.effects.append(sequence)
