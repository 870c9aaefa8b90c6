"""A fake OpenSprinkler 2.2.1, a real HTTP server built from what was measured on the real firmware and read in its source.

Measured on 2.2.1(3): `pid=-1` twice makes two programs; seconds are stored in 16 bits (70000 becomes 4464) and accepted all the
same; the clock is that of the wall, told as if it were UTC; deleting a program renumbers those after it.

Read in the source of 2.2.1(3) to 2.2.1(6) (github.com/OpenSprinkler/OpenSprinkler-Firmware: `opensprinkler_server.cpp`, in (6)
`api/commands.cpp` too; `program.cpp`, `main.cpp`, `core/scheduler.cpp`), in other words:
a program is read number by number out of its first 319 characters, what is no number is 0; `en` of `cp` sets its bit and reads
nothing else; a sensor adjustment belongs to the place in the list and stays there for whoever comes next; `cm` with `en=0` for a
station that is not queued answers 17 in (6), and writes beyond the queue before; `jo` answers a wrong password with its version;
at its minute a program opens its stations but masters and disabled ones, those of a sequential group after each other.
"""

import datetime as dt
import hashlib
import http.server
import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
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

    firmware: int = 221
    minor: int = 6
    boards: int = 1
    groups: list[int] = field(default_factory=lambda: [255] * 200)
    """0 to 3 are sequential, 255 is parallel."""

    disabled: set[int] = field(default_factory=set)
    ignores: dict[str, set[int]] = field(default_factory=dict)
    """Stations by what they ignore: `ignore_rain`, `ignore_sn1`, `ignore_sn2`."""

    options: dict[str, int] = field(default_factory=dict)
    """Over the factory's: `mas`, `re`, `sn1t`, `wl`."""

    told: dict[str, int] = field(default_factory=dict)
    """Over a quiet day's: `pq`, `sn1`."""

    adjustments: dict[int, int] = field(default_factory=dict)
    """Sensors by place in the list of programs; 0 is none."""

    overwritten: int = 0
    """How often it was made to write beyond its queue."""

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
            return {"fwv": self.firmware} if command == "jo" else {"result": 2}
        if command in CHANGES and self.faults.wrong:
            return {"result": 1}
        told: dict[str, Any] = getattr(self, f"_{command}", lambda _: {"result": 32})(fields)
        time.sleep(self.faults.late)
        return told

    def runs(self, minute: dt.datetime) -> dict[int, tuple[dt.datetime, dt.datetime]]:
        """What its programs open at a minute: from when to when by station, by the rules of its scheduler."""
        opened = {}
        day, second = divmod(int(minute.timestamp()) + (self.zone - 48) * 900, 86_400)
        ends = dict.fromkeys(range(4), minute)
        if not self.rain_delay and not self.faults.local and not self.options.get("re"):
            for flag, high, low, starts, seconds, _ in self.programs:
                at_its_minute = second // 60 in starts and (high << 8 | low) == day
                # Before single-run programs there were, the bits meant a kind without any rule for its days.
                if not flag & 1 or not (at_its_minute or (self.firmware < 221 and second // 60 in starts)):
                    continue
                for station in range(8 * self.boards):
                    if not seconds[station] or station in self.disabled or station + 1 == self.options.get("mas"):
                        continue
                    group = self.groups[station]
                    begin = ends.get(group, minute)
                    opened[station] = (begin, begin + dt.timedelta(seconds=seconds[station]))
                    if group in ends:
                        ends[group] = opened[station][1]
        return opened

    def _jp(self, _: dict[str, str]) -> dict[str, Any]:
        programs = []
        for number, program in enumerate(self.programs):
            sensor = self.adjustments.get(number, 0)
            splits = [{"x": 0, "y": 0.5}]
            programs.append([*program, [0, 33, 415], {"flag": 1, "uuid": sensor, "splits": splits} if sensor else {}])
        boards = {"nboards": self.boards, "mnp": self.most_programs, "mnst": 4, "pnsize": 32}
        return {"nprogs": len(programs), **boards, "pd": programs}

    def _jc(self, _: dict[str, str]) -> dict[str, Any]:
        states = [[99, self.running[each], 0, 0] if each in self.running else [0, 0, 0, 0] for each in range(8 * self.boards)]
        told = {"devt": self.wall(), "nbrd": self.boards, "en": int(not self.faults.local), "rd": self.rain_delay, "pq": 0}
        return {**told, "sn1": 0, "sn2": 0, **self.told, "ps": states}

    def _jo(self, _: dict[str, str]) -> dict[str, Any]:
        told = {"fwv": self.firmware, "fwm": self.minor, "tz": self.zone, "ntp": 1, "mas": 0, "mas2": 0, "re": 0, "wl": 100}
        return {**told, "sn1t": 0, "sn2t": 0, **self.options}

    def _jn(self, _: dict[str, str]) -> dict[str, Any]:
        def bits(stations: set[int]) -> list[int]:
            return [sum(1 << each % 8 for each in stations if each // 8 == board) for board in range(self.boards)]

        ignores = {field: bits(self.ignores.get(field, set())) for field in ("ignore_rain", "ignore_sn1", "ignore_sn2")}
        return {**ignores, "stn_dis": bits(self.disabled), "stn_grp": self.groups[: 8 * self.boards]}

    def _cp(self, fields: dict[str, str]) -> dict[str, Any]:
        number = int(fields["pid"])
        if not ("en" in fields) - 1 <= number < len(self.programs):
            return {"result": 17}
        if "en" in fields:
            self.programs[number][0] = self.programs[number][0] & ~1 | int(fields["en"] != "0")
            self._note(self.programs[number])
            return {"result": 1}
        if "v" not in fields:
            return {"result": 16}
        if number == -1 and len(self.programs) >= self.most_programs:
            return {"result": 17}
        numbers = _numbers(fields["v"][:319])
        flag, high, low = (next(numbers) & 0xFF for _ in range(3))
        starts = [each - 0x10000 if each >> 15 else each for each in (next(numbers) for _ in range(4))]
        most = self.faults.most
        stored = [each if most is None else min(each, int(most)) for each in (next(numbers) for _ in range(8 * self.boards))]
        name = fields.get("name", "Program").replace('"', "'").replace("\\", "/")[:31]
        program = [flag, high, low, starts, stored, name]
        if number == -1:
            number = len(self.programs)
            self.programs.append(program)
        else:
            self.programs[number] = program
        if self.minor >= 5 and "snadj" in fields:
            enabled, sensor, *_ = map(int, fields["snadj"].split(","))
            self.adjustments[number] = sensor if enabled & 1 else 0
        self._note(program)
        return {"result": 1}

    def _dp(self, fields: dict[str, str]) -> dict[str, Any]:
        number = int(fields["pid"])
        if not 0 <= number < len(self.programs):
            return {"result": 17}
        del self.programs[number]
        for place in range(number, len(self.programs)):
            self.adjustments[place] = self.adjustments.get(place + 1, 0)
        return {"result": 1}

    def _cm(self, fields: dict[str, str]) -> dict[str, Any]:
        if fields["en"] != "0":
            return {"result": 48}
        if int(fields["sid"]) not in self.running:
            self.overwritten += self.minor < 6
            return {"result": 17 if self.minor >= 6 else 1}
        del self.running[int(fields["sid"])]
        return {"result": 1}

    def _note(self, program: list[Any]) -> None:
        """A command has an effect once the first of its programs is enabled."""
        parts = str(program[5]).split(".")
        if program[0] & 1 and parts[0] == f"wb{self.station}":
            sequence = int(parts[1])
            if sequence not in self.effects[-1:]:
                self.effects.append(sequence)


def _numbers(text: str) -> Iterator[int]:
    """Number after number, each up to 10 characters and kept in 16 bits; brackets are passed as single characters."""
    place = 1
    for count in itertools.count():
        if count == 3:
            place += 1
        if count == 7:
            place += 2
        found = re.compile(r"[-+0-9]{0,10}").match(text, place)
        digits = "" if found is None else found[0]
        whole = re.match(r"[-+]?\d+", digits)
        yield (0 if whole is None else int(whole[0])) & 0xFFFF
        place += len(digits) + 1
