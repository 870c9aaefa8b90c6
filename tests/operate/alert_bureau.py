"""A bureau with a lake, a town and fields in two townships, whose nights hear alerts and tell them."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.night.night import Night
from waterbalance.operate.nightly import nightly

TIME_ZONE = ZoneInfo("Asia/Taipei")
FIRST = dt.date(2026, 7, 1)
SENDER = "weather@agency.example"

SCENARIO = """
waterbalance: 1
name: bureau
time_zone: Asia/Taipei
horizon: {start: 2026-07-01, last_day: 2026-07-08, daily_steps: 8}
policy:
  goals:
    - {name: town, terms: [{measure: shortage, user_classes: [domestic]}]}
    - {name: fields, terms: [{measure: shortage, user_classes: [agriculture]}]}
    - {name: thrift, terms: [{measure: spill}]}
components:
  lake: {type: reservoir, title: {en: Reed Lake, zh-TW: 蘆葦湖}, capacity: 2 Mm3, inflow: 20000 m3/day, spill_to: river}
  river: {type: outfall}
  pipe: {type: pipeline, source: lake, target: town}
  canal_a: {type: canal, source: lake, target: fields_a, travel_time: 1 day}
  canal_b: {type: canal, source: lake, target: fields_b, travel_time: 1 day}
  town: {type: household_supply, demand: 20000 m3/day}
  fields_a: {type: irrigation_zone, area: 500 ha, demand: 30000 m3/day}
  fields_b: {type: irrigation_zone, area: 500 ha, demand: 10000 m3/day}
rules:
  lights:
    type: drought_stage
    title: {en: Reed Lake area, zh-TW: 蘆葦湖供水區}
    reservoirs: [lake]
    lower_curve: 700000 m3
    severe_curve: 500000 m3
    stages:
      - {name: blue}
      - {name: yellow, below: {lower_curve: 1}, cuts: {domestic: 10 %, agriculture: 40 %}}
      - {name: orange, below: {severe_curve: 1}, cuts: {domestic: 20 %, agriculture: 80 %}}
    users: [town, fields_a, fields_b]
    lead_time: 2 days
    minimum_duration: 1 day
state: {file: state.csv, oldest: 400 days}
controllers:
  gate_a:
    structure: canal_a
    protocol: files
    canal: canal_a
    limits: {least: 0 m3/s, most: 2 m3/s}
"""

NIGHT = """
waterbalance_nightly: 1
name: bureau
store: sqlite:///nightly.sqlite
sources:
  gauges: {type: csv_folder, folder: gauges, series: {lake.storage: {column: storage, unit: m3}}}
issuing: {wait: 0 s, send: SEND}
state: {greatest_jump: 100 %}
alerts:
  areas:
    {fields_a: ["6400100"], canal_a: ["6400100"], fields_b: ["6400200"], town: ["6400200"], pipe: ["6400200"], lake: ["6401200"]}
  townships: {"6400200": {en: Reed District, zh-TW: 蘆葦區}}
  out:
    sender: water@bureau.example
    sender_name: {en: Water Bureau, zh-TW: 水利局}
    releases: {lake.spill: {above: 50000 m3/day}}
  in:
    senders: [weather@agency.example]
    sources: {inbox: {type: cap_folder, folder: inbox}}
    actions:
      storm:
        events: [typhoon, 颱風, heavy rain, 豪雨]
        suspend: [fields_a, fields_b]
        at_most: {lake.storage: 300000 m3}
      turbid: {events: [turbidity, 濁度], at_most: {pipe.inflow: 5000 m3/day}}
"""


def write_bureau(folder: Path, storages: dict[dt.date, float], *, more: str = "", send: bool = False) -> Path:
    """The configuration; `more` ends its section `alerts.out`."""
    (folder / "gauges").mkdir(parents=True, exist_ok=True)
    (folder / "inbox").mkdir(exist_ok=True)
    first = min(storages)
    scenario = SCENARIO.replace("2026-07-01", str(first)).replace("2026-07-08", str(first + dt.timedelta(days=7)))
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")
    (folder / "state.csv").write_text(f"date,lake.storage [m3]\n{first},{storages[first]}\n", encoding="utf-8")
    gauge(folder, storages)
    text = NIGHT.replace("SEND", str(send).lower()).replace("  in:\n", f"{more}  in:\n")
    (folder / "nightly.yaml").write_text(text, encoding="utf-8")
    return folder / "nightly.yaml"


def gauge(folder: Path, storages: dict[dt.date, float]) -> None:
    rows = "".join(f"{day},{storage}\n" for day, storage in storages.items())
    (folder / "gauges" / "lake.csv").write_text(f"date,storage\n{rows}", encoding="utf-8")


def at(day: dt.date, hour: int = 1) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), TIME_ZONE)


def night_of(config: Path, day: dt.date) -> Night:
    """One night at one o'clock of its day."""
    return nightly(read_night_settings(config), day, clock=Clock(lambda: at(day), lambda _: None))


def alert(  # noqa: PLR0913 (each is one element)
    *,
    identifier: str = "TY-1",
    kind: str = "Alert",
    event: str = "颱風",
    code: str = "6400100",
    sent: dt.datetime,
    onset: dt.datetime | None = None,
    expires: dt.datetime | None = None,
    references: str = "",
    more: str = "",
) -> str:
    """A message as an agency sends it."""
    times = "".join(
        f"<{name}>{time.isoformat(timespec='seconds')}</{name}>"
        for name, time in (("onset", onset), ("expires", expires))
        if time is not None
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier><sender>{SENDER}</sender><sent>{sent.isoformat(timespec="seconds")}</sent>
  <status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>{references and f"<references>{references}</references>"}
  <info><language>zh-TW</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>
    <severity>Severe</severity><certainty>Likely</certainty>{times}<headline>颱風警報</headline>{more}
    <area><areaDesc>鹽埕區</areaDesc><geocode><valueName>Taiwan_Geocode_103</valueName><value>{code}</value></geocode></area>
  </info>
</alert>
"""
