"""A bureau with one lake whose inflow is forecast, two gates and a gauge: nights of it end with a report."""

import datetime as dt
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from waterbalance.operate.configuring.events import Listener, unheard
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly
from waterbalance.report.night.told import NightTold, read_night

ZONE = ZoneInfo("Asia/Taipei")
FIRST = dt.date(2026, 3, 2)
CANALS = ("canal_a", "canal_b")


@dataclass
class Bureau:
    """Its folder, and the moment as it sees it."""

    folder: Path
    now: dt.datetime = field(default_factory=lambda: dt.datetime(2026, 3, 2, 1, 0, tzinfo=ZONE))

    def night(self, day: dt.date | None = None, on_event: Listener = unheard) -> Night:
        """The job at this moment."""
        return nightly(read_night_settings(self.folder), day, clock=Clock(lambda: self.now, lambda _: None), on_event=on_event)

    def next_day(self) -> None:
        self.now += dt.timedelta(days=1)

    def told(self, night: Night) -> NightTold:
        return read_night((self.results / night.run / "night.json").read_text(encoding="utf-8"))

    @property
    def results(self) -> Path:
        return self.folder / "results"


def inflow_on(day: dt.date) -> float:
    """A river with a wet and a dry season, which differ from year to year. [m3/s]."""
    season = 1.0 + 0.8 * math.sin(2.0 * math.pi * (day.timetuple().tm_yday - 120) / 365.25)
    return round(0.6 * season * (0.7 + 0.1 * (day.year % 6)) + 0.05 * math.sin(day.toordinal() / 3.0), 4)


def bureau(folder: Path, *, name: str = "Heron", language: str = "en", approve: bool = True, **more: object) -> Bureau:
    """Write it; `more` are further sections of `nightly.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gauges").mkdir()
    gates = {
        f"gate_{canal[-1]}": {
            "structure": canal,
            "protocol": "files",
            "acceptance": "delivered",
            "canal": canal,
            "limits": {"least": "0 m3/s", "most": "2 m3/s"},
        }
        for canal in CANALS
    }
    scenario = {
        "waterbalance": 1,
        "name": "bureau",
        "title": {"en": f"{name} district", "zh-TW": "白鷺灌區"},
        "time_zone": "Asia/Taipei",
        "horizon": {"start": str(FIRST), "daily_steps": 5, "last_day": "2026-03-31"},
        "policy": {"preset": "drought_practice"},
        "components": {
            "lake": {
                "type": "reservoir",
                "title": {"en": f"{name} Lake", "zh-TW": "白鷺湖"},
                "capacity": "1 Mm3",
                "dead_storage": "50000 m3",
                "lower_curve": "700000 m3",
                "severe_curve": "300000 m3",
            },
            "canal_a": {"type": "canal", "source": "lake", "target": "east", "capacity": "172800 m3/day"},
            "canal_b": {"type": "canal", "source": "lake", "target": "west", "capacity": "172800 m3/day"},
            "east": {
                "type": "irrigation_zone",
                "area": "100 ha",
                "demand": "43200 m3/day",
                "title": {"en": "East", "zh-TW": "東區"},
            },
            "west": {
                "type": "irrigation_zone",
                "area": "100 ha",
                "demand": "21600 m3/day",
                "title": {"en": "West", "zh-TW": "西區"},
            },
        },
        "forecasts": {"lake.inflow": {"forecaster": "day_of_year", "history": {"file": "inflow.csv"}, "members": 20}},
        "state": {"file": "state.csv", "oldest": "400 days"},
        "controllers": gates,
    }
    if approve:
        scenario["issuing"] = {"automatic_approval": {"greatest_change": "100 %", "greatest_shortage": "100 %"}}
    nightly_file = {
        "waterbalance_nightly": 1,
        "name": "heron",
        "language": language,
        "sources": {
            "gauge": {
                "type": "csv_folder",
                "folder": "gauges",
                "series": {
                    "lake.storage": {"column": "storage", "unit": "m3"},
                    "lake.inflow": {"column": "inflow", "unit": "m3/s"},
                },
            }
        },
        "issuing": {"wait": "0 s"},
        "backtest": {"h": 3, "n_windows": 3},
        **more,
    }
    (folder / "scenario.yaml").write_text(json.dumps(scenario), encoding="utf-8")
    (folder / "nightly.yaml").write_text(json.dumps(nightly_file), encoding="utf-8")
    (folder / "state.csv").write_text(f"date,lake.storage [m3]\n{FIRST - dt.timedelta(days=1)},640000\n", encoding="utf-8")
    days = [FIRST - dt.timedelta(days=back) for back in range(5 * 365, 10, -1)]
    rows = "".join(f"{day},{inflow_on(day)}\n" for day in days)
    (folder / "inflow.csv").write_text(f"date,lake.inflow [m3/s]\n{rows}", encoding="utf-8")
    write_gauge(folder, FIRST)
    return Bureau(folder)


def write_gauge(folder: Path, until: dt.date, **storages: float) -> None:
    """What the gauge has read up to the midnight of `until`; `d2026_03_03` tells another storage of that midnight."""
    lines = ["date,storage,inflow"]
    for back in range(8, -1, -1):
        day = until - dt.timedelta(days=back)
        storage = storages.get(f"d{day:%Y_%m_%d}", 640_000 - 1000.0 * (day - FIRST).days)
        lines.append(f"{day},{storage},{'' if back == 0 else inflow_on(day)}")
    (folder / "gauges" / "gauge.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
