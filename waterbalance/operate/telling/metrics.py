"""The numbers of a night for Prometheus. The file is written at the end of every night, whatever came of it.

When a night last succeeded is taken from the file itself where this one did not: also a night without a store knows it then.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from waterbalance.operate.night.night import Outcome
from waterbalance.report.atomic import write_text
from waterbalance.report.exposition import Gauge, Sample, exposition
from waterbalance.report.supply import supply_by_class

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from waterbalance.operate.night.night import Night

PREFIX = "waterbalance_night_"
SUCCESS = f"{PREFIX}last_success_timestamp_seconds"
_SUCCESS = re.compile(rf"^{SUCCESS}{{[^\n]*}} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """A night that is over, or that ended before it was one."""

    job: str
    began: dt.datetime
    ended: dt.datetime
    exit_code: int
    night: Night | None = None


def write_metrics(path: Path, ended: Ended, results: Path) -> None:
    """Write the file in one go. Raises `OutputError` or `TryLaterError`."""
    before = _before(path)
    gauges = tuple(_gauges(ended, _last_success(before), results))
    again = ended.night is not None and not ended.night.seconds
    write_text(path, exposition(gauges) + (_others(before, {gauge.name for gauge in gauges if gauge.samples}) if again else ""))


def _before(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _last_success(before: str) -> float | None:
    found = _SUCCESS.search(before)
    try:
        return None if found is None else float(found.group(1))
    except ValueError:
        return None


def _others(before: str, told: set[str]) -> str:
    """What the file tells of other gauges: a night that was done already has nothing new to say of them."""
    blocks = re.split(r"^(?=# HELP )", before, flags=re.MULTILINE)
    return "".join(block for block in blocks if block.startswith("# HELP ") and block.split(" ", 3)[2] not in told)


def _gauges(ended: Ended, last_success: float | None, results: Path) -> Iterator[Gauge]:
    job = {"job_name": ended.job}

    def one(name: str, told: str, value: float) -> Gauge:
        return Gauge(f"{PREFIX}{name}", told, [Sample(value, job)])

    success = ended.ended.timestamp() if ended.exit_code == 0 else last_success
    yield one("last_start_timestamp_seconds", "When the last night began.", ended.began.timestamp())
    yield one("last_end_timestamp_seconds", "When the last night ended.", ended.ended.timestamp())
    yield Gauge(SUCCESS, "When a night last ended with exit code 0.", [Sample(success, job)] if success is not None else [])
    yield one("exit_code", "Exit code of the last night.", ended.exit_code)
    nearest = next((place for place in (results, *results.absolute().parents) if place.exists()), None)
    if nearest is not None:
        yield one("disk_free_bytes", "Free space where results are kept.", shutil.disk_usage(nearest).free)
    if ended.night is not None:
        yield from _of_night(ended.night, job)


def _of_night(night: Night, job: dict[str, str]) -> Iterator[Gauge]:
    def gauge(name: str, told: str, samples: Iterator[tuple[float, dict[str, str]]]) -> Gauge:
        return Gauge(f"{PREFIX}{name}", told, [Sample(float(value), {**job, **labels}) for value, labels in samples])

    outcomes = ((float(each == night.issuance.outcome), {"outcome": each}) for each in get_args(Outcome))
    yield gauge("outcome", "What became of the orders: 1 for the outcome that came.", outcomes)
    lost = "1 where the store is new although earlier nights have left their results."
    yield gauge("store_lost", lost, iter([(float(night.store_lost), {})]))
    yield gauge("stage_seconds", "Time of each stage.", ((took, {"stage": name}) for name, took in night.seconds.items()))
    yield gauge("devices_unconfirmed", "Devices that have not confirmed.", iter([(len(night.issuance.unconfirmed), {})]))
    untold = "Devices that were never told anything, although a plan was issued."
    yield gauge("devices_untold", untold, iter([(len(night.issuance.untold), {})]))
    if night.laddered is not None:
        planned = night.laddered.planned
        yield gauge("rung", "Rung of the plan; 0 is the full one.", iter([(night.rung, {})]))
        short = ((each.shortage, {"class": each.user_class}) for each in supply_by_class(planned))
        yield gauge("shortage_cubic_metres", "Shortage that is planned over the horizon, by class of users.", short)
    if night.observed is not None:
        missing = sum(gap.days for gap in night.observed.gaps)
        yield gauge("missing_readings", "Days of series of the last weeks of which nothing is known.", iter([(missing, {})]))
        yield gauge("sources_silent", "Sources that gave nothing.", iter([(len(night.observed.silent), {})]))
    if night.opening is not None:
        stocks = night.opening.state.stocks.items()
        lakes = ((value, {"reservoir": name}) for (name, quantity), value in stocks if quantity == "storage")
        yield gauge("storage_cubic_metres", "Storage with which the day begins.", lakes)
    yield gauge("forecast_crps", "Continuous ranked probability score of the newest forecast, mean over its days.", _crps(night))


def _crps(night: Night) -> Iterator[tuple[float, dict[str, str]]]:
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for each in night.scores:
        if each.crps is not None:
            found[each.component, each.quantity, each.unit].append(each.crps)
    for (component, quantity, unit), values in found.items():
        yield sum(values) / len(values), {"component": component, "quantity": quantity, "unit": unit}
