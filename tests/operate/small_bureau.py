"""A bureau with one lake, two canals and their gatekeepers, and a nightly job: small enough for processes of its own."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Taipei")

SCENARIO = """
waterbalance: 1
name: bureau
time_zone: Asia/Taipei
horizon: {{start: {day}, daily_steps: 3, last_day: {last}}}
policy: {{preset: drought_practice}}
components:
  lake: {{type: reservoir, capacity: 1 Mm3, inflow: 0.1 m3/s}}
  canal_a: {{type: canal, source: lake, target: fields_a, capacity: 172800 m3/day}}
  canal_b: {{type: canal, source: lake, target: fields_b, capacity: 172800 m3/day}}
  fields_a: {{type: irrigation_zone, area: 100 ha, demand: 43200 m3/day}}
  fields_b: {{type: irrigation_zone, area: 100 ha, demand: 21600 m3/day}}
state: {{file: state.csv, oldest: 400 days}}
issuing: {{automatic_approval: {{greatest_change: 100 %, greatest_shortage: {greatest_shortage}}}}}
controllers:
  gate_a:
    structure: canal_a
    protocol: files
    acceptance: delivered
    canal: canal_a
    limits: {{least: 0 m3/s, most: 2 m3/s}}
  gate_b:
    structure: canal_b
    protocol: files
    acceptance: delivered
    canal: canal_b
    limits: {{least: 0 m3/s, most: 2 m3/s}}
"""

NIGHT = """
waterbalance_nightly: 1
name: small
scenario: .
store: sqlite:///nightly.sqlite
sources:
  gauges: {type: csv_folder, folder: gauges, series: {lake.storage: {column: storage, unit: m3}}}
issuing: {wait: 0 s}
"""


def write_bureau(
    folder: Path, day: dt.date, *, more: str = "", storage: float = 800_000.0, greatest_shortage: str = "5 %"
) -> Path:
    """The folder of a scenario with its `nightly.yaml`; `more` is added to that file. The gauge has read up to `day`."""
    (folder / "gauges").mkdir(parents=True)
    last = day + dt.timedelta(days=6)
    text = SCENARIO.format(day=day, last=last, greatest_shortage=greatest_shortage)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    (folder / "state.csv").write_text(f"date,lake.storage [m3]\n{day - dt.timedelta(days=1)},{storage}\n", encoding="utf-8")
    days = [day - dt.timedelta(days=back) for back in range(5, -1, -1)]
    rows = "".join(f"{each},{storage + 1000 * number}\n" for number, each in enumerate(days))
    (folder / "gauges" / "lake.csv").write_text(f"date,storage\n{rows}", encoding="utf-8")
    (folder / "nightly.yaml").write_text(NIGHT + more, encoding="utf-8")
    return folder / "nightly.yaml"


def today() -> dt.date:
    """Of the bureau."""
    return dt.datetime.now(TIME_ZONE).date()
