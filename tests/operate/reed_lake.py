"""A bureau for the soak of nights: a lake and a river, canals, pumps, zones, a town; gates told by files; two sources.

What truly happens is told by `truth`; the gauges of the lake lie in a folder, those of the weir behind a server on loopback.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from sources.http_server import Reply, Server, told

TIME_ZONE = ZoneInfo("Europe/Berlin")
ONE_DAY = dt.timedelta(days=1)
WEIR_STATION = "W1"
GATES = ("east_gate", "main_gate", "west_gate")

SCENARIO = """
waterbalance: 1
name: reed_lake
time_zone: Europe/Berlin
currency: EUR
horizon: {{start: {first}, last_day: {last}, daily_steps: 5}}
policy: {{preset: drought_practice}}
planning_values: {{inflow: 0.4}}
components:
  lake: {{type: reservoir, capacity: 2 Mm3, dead_storage: 100000 m3, lower_curve: 500000 m3, spill_to: sea}}
  weir: {{type: weir}}
  fork: {{type: junction}}
  sea: {{type: outfall}}
  river: {{type: river_reach, source: weir, target: sea}}
  intake: {{type: pipeline, source: weir, target: town, capacity: 30000 m3/day}}
  lift:
    type: pump_station
    source: lake
    target: town
    capacity: 20000 m3/day
    minimum_load: 30 %
    energy_per_volume: 0.2 kWh/m3
    energy_price: 0.1 EUR/kWh
  main_canal: {{type: canal, source: lake, target: fork, capacity: 1 m3/s, conveyance_loss: 10 %, travel_time: 6 h}}
  east_canal: {{type: canal, source: fork, target: east_fields, capacity: 0.5 m3/s}}
  west_canal: {{type: canal, source: fork, target: west_fields, capacity: 0.5 m3/s}}
  east_fields: {{type: irrigation_zone, area: 200 ha, demand: 15000 m3/day}}
  west_fields: {{type: irrigation_zone, area: 300 ha, demand: 20000 m3/day}}
  town: {{type: household_supply, demand: 32000 m3/day}}
rules:
  fish: {{type: minimum_flow, subject: river, minimum: 5000 m3/day}}
state: {{file: storages.csv, oldest: 400 days}}
under_way: {{main_canal.inflow: 36000 m3/day}}
forecasts:
  lake.inflow: {{forecaster: ten_day_climatology, history: {{file: lake_record.csv}}}}
  weir.inflow: {{forecaster: persistence, window: 3, history: {{file: weir_record.csv}}}}
issuing: {{automatic_approval: {{greatest_change: 60 %, greatest_shortage: 5 %}}}}
controllers:
  main_gate: {{structure: main_canal, {file}, limits: {{least: 0 m3/s, most: 1 m3/s}}, fallback: {hold}}}
  east_gate: {{structure: east_canal, {file}, limits: {{least: 0 m3/s, most: 0.5 m3/s}}, fallback: {{mode: close}}}}
  west_gate: {{structure: west_canal, {file}, limits: {{least: 0 m3/s, most: 0.5 m3/s}}, fallback: {{mode: close}}}}
"""

FILE = "protocol: files, acceptance: delivered, canal: all"
HOLD = "{mode: flow, setpoint: 0.3 m3/s}"

NIGHT = """
waterbalance_nightly: 1
name: reed_lake
scenario: scenario
store: {store}
results: results
http: {{plain_hosts: [127.0.0.1], timeout: 0.5 s, longest_answer: 1 s, tries: 2, first_wait: 0.01 s, longest_wait: 0.02 s}}
sources:
  lake_office: {{type: csv_folder, folder: gauges}}
  weir_office:
    type: wra_daily_operation
    url: {url}
    series: {{weir.inflow: {{station: {station}, field: inflow, unit: 1e4 m3/day}}}}
observing: {{look_back: 10 days}}
critical: [lake.storage]
when_missing: {when_missing}
quality:
  lake.inflow: {{hard: {{highest: 5 m3/s}}, stuck: {{days: 5}}, change: {{rise: 2 m3/s, fall: 2 m3/s, trust: unreliable}}}}
  lake.storage: {{stuck: {{days: 5}}, change: {{rise: 300000 m3, fall: 300000 m3, trust: unreliable}}}}
  weir.inflow: {{hard: {{highest: 20 m3/s}}, stuck: {{days: 5}}, change: {{rise: 3 m3/s, fall: 3 m3/s, trust: unreliable}}}}
gaps:
  default: [{{method: interpolate, longest: 2 days}}, {{method: hold, longest: 4 days}}]
state: {{greatest_jump: 10 %}}
issuing: {{wait: 0 s}}
ladder: {{{ladder}relaxations: [{{component: fish, field: minimum, to: 50 %}}]}}
keep: {{results: 8 days}}
"""


def truth(day: dt.date) -> Mapping[str, float]:
    """What the gauges of an ordinary day tell: storage at its first midnight [m3], mean inflows [m3/s]."""
    angle = 2.0 * math.pi * day.toordinal() / 29.0
    return {
        "lake.storage": round(1_200_000.0 + 60_000.0 * math.sin(angle), 1),
        "lake.inflow": round(0.6 + 0.1 * math.cos(angle) + 0.01 * (day.toordinal() % 7), 4),
        "weir.inflow": round(0.5 + 0.05 * math.sin(2.0 * angle) + 0.01 * (day.toordinal() % 5), 4),
    }


@dataclass
class Bureau:
    """A folder with scenario, configuration and gauges, a server, and the time of day."""

    folder: Path
    server: Server
    first: dt.date
    day: dt.date
    store: str = "sqlite:///nightly.sqlite"
    when_missing: str = "degrade"
    ladder: str = "nodes: 2000, "
    more: str = ""
    """Of tonight's configuration."""

    hour: dt.timedelta = field(default=dt.timedelta(hours=2, minutes=30))
    passed: float = 0.0
    """Seconds slept since the job began."""

    @property
    def config(self) -> Path:
        return self.folder / "nightly.yaml"

    @property
    def gauges(self) -> Path:
        return self.folder / "gauges" / "lake.csv"

    def now(self) -> dt.datetime:
        """Of the bureau's clock: half past two, which one night of spring does not have and one of autumn has twice."""
        local = dt.datetime.combine(self.day, dt.time(), TIME_ZONE).astimezone(dt.UTC) + self.hour
        return local + dt.timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def tell(self) -> None:
        """What is true up to tonight, in the folder and behind the server."""
        days = [self.day - ONE_DAY * back for back in range(20, -1, -1)]
        self.tell_lake({day: truth(day) for day in days})
        self.tell_weir({day: truth(day)["weir.inflow"] for day in days[:-1]})

    def tell_lake(self, told_of: Mapping[dt.date, Mapping[str, float]]) -> None:
        rows = [f"{day},{each['lake.inflow'] if day < self.day else ''},{each['lake.storage']}" for day, each in told_of.items()]
        self.gauges.parent.mkdir(exist_ok=True)
        self.gauges.write_text("\n".join(["date,lake.inflow [m3/s],lake.storage [m3]", *rows]) + "\n", encoding="utf-8")

    def tell_weir(self, flows: Mapping[dt.date, float]) -> None:
        self.server.answer("/weir", weir_reply(flows))


def weir_reply(flows: Mapping[dt.date, float], **more: int) -> Reply:
    """Rows as the water agency tells them: texts, in units of 10,000 m3 a day."""
    rows = [
        {"reservoiridentifier": WEIR_STATION, "datetime": f"{day}T00:00:00", "inflow": f"{flow * 8.64:.5f}"}
        for day, flow in flows.items()
    ]
    return told(rows, **more)


def found_bureau(folder: Path, server: Server, first: dt.date) -> Bureau:
    """The folder as somebody set it up on the day before the first night."""
    (folder / "scenario").mkdir(parents=True)
    bureau = Bureau(folder, server, first, first - ONE_DAY)
    text = SCENARIO.format(first=first, last=first + 60 * ONE_DAY, file=FILE, hold=HOLD)
    (folder / "scenario" / "scenario.yaml").write_text(text, encoding="utf-8")
    days = [first - ONE_DAY * back for back in range(800, 0, -1)]
    for name in ("lake", "weir"):
        rows = "".join(f"{day},{truth(day)[f'{name}.inflow']}\n" for day in days)
        path = folder / "scenario" / f"{name}_record.csv"
        path.write_text(f"date,{name}.inflow [m3/s]\n{rows}", encoding="utf-8")
    before = days[-1]
    table = f"date,lake.storage [m3]\n{before},{truth(before)['lake.storage']}\n"
    (folder / "scenario" / "storages.csv").write_text(table, encoding="utf-8")
    configure(bureau)
    return bureau


def configure(bureau: Bureau) -> None:
    """Write tonight's configuration."""
    url = f"{bureau.server.url}/weir"
    told = {"store": bureau.store, "when_missing": bureau.when_missing, "ladder": bureau.ladder}
    bureau.config.write_text(NIGHT.format(url=url, station=WEIR_STATION, **told) + bureau.more, encoding="utf-8")
