"""A person who looks into the canal's folder, reads the CSV, sets the gate, and hands the CSV back with a name in every line."""

import csv
import datetime as dt
import io
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from controllers.orders import TAIPEI
from controllers.peer import Faults
from waterbalance.controllers.controller import Controller
from waterbalance.controllers.files import Files
from waterbalance.schedule.command import Action, Fallback, Mode, Row


@dataclass
class Gatekeeper:
    folder: Path
    name: str = "KH-G017"
    mode: Mode = "flow"
    setpoints: tuple[float, ...] = (1.25, 0.8, 0.0)
    clamped_at: float = 1.0
    most: float = 2.5
    fallback: Fallback = field(default_factory=Fallback)
    tells_clock: bool = False
    faults: Faults = field(default_factory=Faults)
    stopped: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[int, int]] = field(default_factory=list)
    sheet: tuple[Action, tuple[Row, ...]] = ("apply", ())

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def close(self) -> None:
        self.stopped.set()
        self.thread.join()

    def controller(self) -> Controller:
        return Files(self.name, self.folder, patience=1.8)

    def taken(self) -> list[int]:
        return [sequence for _, sequence in self.seen]

    def doing(self) -> tuple[Action, tuple[Row, ...]]:
        return self.sheet

    def _watch(self) -> None:
        order = self.folder / f"{self.name}.csv"
        while not self.stopped.wait(0.01):
            local = self.folder / f"{self.name}.local"
            if self.faults.local and not local.exists():
                local.touch()
            if order.exists() and order.stat().st_mtime_ns not in {stamp for stamp, _ in self.seen}:
                self._answer(order)

    def _answer(self, order: Path) -> None:
        stamp = order.stat().st_mtime_ns
        lines = list(csv.DictReader(io.StringIO(order.read_text(encoding="utf-8-sig"))))
        time.sleep(self.faults.late)
        rows = []
        for line in lines:
            line |= {"by": "Lin", "at": dt.datetime.now(TAIPEI).strftime("%Y-%m-%dT%H:%M"), "status": "accepted"}
            if self.faults.wrong:
                line["cmd_id"] = "00000000-0000-8000-8000-000000000000"
            if self.faults.local:
                line |= {"status": "rejected", "remark": "I stand at the gate"}
            if line["start"]:
                setpoint = float(line["setpoint"])
                if self.faults.most is not None and setpoint > self.faults.most:
                    line["set_to"] = f"{self.faults.most:g}"
                start, end = (dt.datetime.fromisoformat(line[key]) for key in ("start", "end"))
                rows.append(Row(start, end, float(line["set_to"] or setpoint)))
        if not self.faults.local:
            self.seen.append((stamp, int(lines[0]["sequence"])))
            self.sheet = (lines[0]["action"], tuple(rows))
        else:
            self.seen.append((stamp, -1))
        out = io.StringIO()
        writer = csv.DictWriter(out, lines[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(lines)
        (self.folder / f"{self.name}.receipt.csv").write_text(out.getvalue(), encoding="utf-8-sig")
