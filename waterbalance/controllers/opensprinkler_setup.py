"""What an OpenSprinkler says of itself and of one of its stations: whether it runs a program there at all, and when.

Read in the firmware 2.2.1(3) to 2.2.1(6) (`server_json_controller_main`, `server_json_options_main`, `server_json_stations_main`;
the minute loop, `check_match` and `schedule_all_stations` that start programs; API Reference 2.2.1(5) and (6)):

- single-run programs began with 2.2.1: to an older one (2.1) the same bits are a kind of program whose days it does not look at
- a master station, and one that is disabled, is passed over by every program
- stations of a sequential group (A to D; A from the factory) wait until the others of the group have ended: only those of the
  parallel group (P) begin at their minute
- a station that does not ignore it is passed over in a rain delay, and while a rain or soil sensor is active
- a remote extension, and a device that is switched off, run no programs of their own; a pause shifts what runs
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.controllers.controller import RefusedError, UnreachableError
from waterbalance.errors import Finding, Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.controllers.opensprinkler_http import Sprinkler

MOST_STATIONS = 200

_QUARTER_HOUR = dt.timedelta(minutes=15)
_GREENWICH = 48
"""The device's code of UTC; it counts quarter hours."""

_MOST_READ = 136
"""Of a program it reads 319 characters (`TMP_BUFFER_SIZE`): 36 and 2 for each further station, in boards of 8."""

_FIRST_FIRMWARE = 221
_PARALLEL = 255
_RAIN, _SOIL = 1, 3
_MASTERS = ("mas", "mas2", "mas3", "mas4")
"""Numbers of the master stations, from 1 on; 0 is none."""


@dataclass(frozen=True)
class Setup:
    """One device and one of its stations."""

    firmware: int
    stations: int
    offset: dt.timedelta
    """Of its wall from UTC."""

    time: dt.datetime
    is_master: bool
    group: int
    is_queued: bool
    """Whether the station runs, or waits for its turn."""

    hindrance: str | None
    """Why it runs no programs there now."""


def read_setup(sprinkler: Sprinkler, station: int, name: str) -> Setup:
    """Raises `RefusedError` where there is no such station, `UnreachableError` where the answers cannot be read."""
    controller, options, stations = (sprinkler.ask(command) for command in ("jc", "jo", "jn"))
    try:
        count = min(int(controller["nbrd"]) * 8, MOST_STATIONS)
        if not station < count:
            finding = Finding("there is no such station", sprinkler.place, str(station), f"below {count}")
            raise RefusedError(f"{name} has no such station", (finding,))
        offset = (int(options["tz"]) - _GREENWICH) * _QUARTER_HOUR
        return Setup(
            firmware=int(options["fwv"]),
            stations=count,
            offset=offset,
            # It tells the time of its wall as if it were UTC.
            time=dt.datetime.fromtimestamp(int(controller["devt"]), dt.UTC) - offset,
            is_master=station + 1 in {options.get(each) for each in _MASTERS},
            group=int(stations["stn_grp"][station]),
            is_queued=int(controller["ps"][station][0]) != 0,
            hindrance=next(_hindrances(controller, options, stations, station), None),
        )
    except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
        finding = Finding("its state cannot be read", sprinkler.place, repr(error)[:80], remedy="Try it again.")
        raise UnreachableError(f"{name}: its state cannot be read", (finding,)) from None


def require_runs_programs(setup: Setup, sprinkler: Sprinkler, name: str) -> None:
    """Raises `RefusedError` where the device would run programs of the station never, always, or late."""
    findings = Findings()
    if setup.firmware < _FIRST_FIRMWARE:
        remedy = "Update it: an older one would run the program every day."
        findings.add(
            Finding("its firmware knows no single-run programs", sprinkler.place, f"{setup.firmware}", "221 or later", remedy)
        )
    if setup.stations > _MOST_READ:
        found, remedy = f"{setup.stations} stations", "Set fewer expansion boards."
        findings.add(Finding("it reads no program for so many stations", sprinkler.place, found, f"at most {_MOST_READ}", remedy))
    if setup.is_master:
        remedy = "Take another station, or make this one no master: no program runs a master."
        findings.add(Finding("the station is a master", sprinkler.place, "a master station", "a station of its own", remedy))
    elif setup.group != _PARALLEL:
        group = chr(ord("A") + setup.group) if 0 <= setup.group < 4 else str(setup.group)
        remedy = (
            "Set it to P on the device's page of the station: in another group its programs wait for those of other stations."
        )
        findings.add(
            Finding("the station is of a sequential group", sprinkler.place, f"group {group}", "group P (parallel)", remedy)
        )
    findings.raise_if_any(RefusedError, f"{name} would not run the programs at their time; nothing was sent")


def _hindrances(
    controller: Mapping[str, Any], options: Mapping[str, Any], stations: Mapping[str, Any], station: int
) -> Iterator[str]:
    def bit(field: str) -> bool:
        return bool(int(stations[field][station >> 3]) >> (station & 7) & 1)

    if controller["en"] != 1:
        yield "the device is switched off by hand"
    if options.get("re"):
        yield "the device is a remote extension of another"
    if controller.get("pq"):
        yield "the device is paused by hand"
    if bit("stn_dis"):
        yield "the station is disabled by hand"
    if controller["rd"] and not bit("ignore_rain"):
        yield "a rain delay is set"
    for number in (1, 2, 3, 4):
        stops = options.get(f"sn{number}t") in {_RAIN, _SOIL} and controller.get(f"sn{number}")
        if stops and not bit(f"ignore_sn{number}"):
            yield f"its sensor {number} says that there is water enough"
