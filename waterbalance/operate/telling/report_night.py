"""The report of a night into `results/RUN/`: the files of its plan, else why there is none; the newest also as `latest`.

`night.json` and `night.html` of every night; the plan's own files, else a `summary.json` with what came of it and why.
A night that fails has its page, too. A report that fails takes nothing back: the night says so, and ends with 75 where all else
was well. The run's manifest, which `keep_run` wrote, stays the only one: it tells the hashes of plan.csv and schedule.json.
"""

from __future__ import annotations

import datetime as dt
import json
import traceback
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from waterbalance.errors import TryLaterError, WaterBalanceError
from waterbalance.operate.configuring.events import Event
from waterbalance.operate.configuring.stages import StageTimeoutError
from waterbalance.operate.telling.night_backtest import Backtests, tell_backtests
from waterbalance.operate.telling.tell_night import tell_night, verdict
from waterbalance.operate.telling.tell_orders import tell_orders
from waterbalance.report.atomic import write_text
from waterbalance.report.files import write_views
from waterbalance.report.language import Wording
from waterbalance.report.night.no_plan import no_plan_json
from waterbalance.report.night.page import night_page
from waterbalance.report.night.told import NightTold, night_json, read_night

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.operate.day import Job
    from waterbalance.operate.night.night import Night

JSON, PAGE = "night.json", "night.html"
SUMMARY = "summary.json"
"""Of a night without a plan; one with a plan has that of the plan."""

LATEST_JSON, LATEST_PAGE = "latest.json", "latest.html"


def report_night(job: Job, night: Night) -> Night:
    """Write it all; returns the night, with what went wrong here and its exit code then."""
    why = _failure_of(job, lambda: _write_all(job, night))
    if why is None:
        return night
    trouble = (*night.trouble, f"the report could not be written whole: {why}")
    return replace(night, trouble=trouble, exit_code=night.exit_code or TryLaterError.exit_code)


def report_again(job: Job, night: Night) -> Night:
    """What has become of the orders of a night that is done, into the pages that it has; days that are over stay as they were."""
    return _with_trouble(night, None if night.issuance.outcome == "past" else _failure_of(job, lambda: _tell_again(job, night)))


def try_forecasters(job: Job, night: Night) -> Night:
    """Backtests that are due, and the night's pages with them; what goes wrong is told, and the exit code stays."""
    return _with_trouble(night, None if night.laddered is None else _failure_of(job, lambda: _try_and_tell(job, night)))


def _with_trouble(night: Night, why: str | None) -> Night:
    return night if why is None else replace(night, trouble=(*night.trouble, f"the report could not be written anew: {why}"))


def _failure_of(job: Job, write: Callable[[], None]) -> str | None:
    """What went wrong, in one line; None where nothing did."""
    try:
        write()
    except WaterBalanceError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (a report must not take a night that is done; the trace is kept)
        job.stages.tell([Event("engine_failed", {"trace": traceback.format_exc()}, "error")])
        return f"an error of the engine itself: {error!r}"
    return None


def _write_all(job: Job, night: Night) -> None:
    with job.stages.stage("report"):
        if night.laddered is not None:
            write_views(night.laddered.planned, job.settings.results_folder / night.run, job.settings.file.language)
        told = tell_night(job, night).model_copy(update={"backtests": tell_backtests(_backtests(job, night))})
        if night.laddered is None:
            write_text(job.settings.results_folder / night.run / SUMMARY, no_plan_json(told))
        _write(job, told)


def _try_and_tell(job: Job, night: Night) -> None:
    backtests = _backtests(job, night)
    due = backtests.due(night.day)
    if not due:
        return
    with suppress(StageTimeoutError), job.stages.stage("backtest"):
        backtests.make(due, night.day)
    with job.stages.stage("report"), suppress(OSError, ValidationError):
        told = _told(job, night)
        _write(job, told.model_copy(update={"backtests": tell_backtests(backtests), "seconds": job.stages.by_name}))


def _backtests(job: Job, night: Night) -> Backtests:
    scenario = job.scenario if night.laddered is None else night.laddered.planned.scenario
    return Backtests(job.settings.results_folder, scenario, job.settings.file.backtest)


def _told(job: Job, night: Night) -> NightTold:
    return read_night((job.settings.results_folder / night.run / JSON).read_text(encoding="utf-8"))


def _tell_again(job: Job, night: Night) -> None:
    with job.stages.stage("report"), suppress(OSError, ValidationError):
        told = _told(job, night)
        new = verdict(night)
        kept = {name: getattr(told.verdict, name) for name in ("silent", "missing", "missed", "trouble")}
        now = job.clock.now()
        fields = {"verdict": new.model_copy(update=kept), "told_at": now, **tell_orders(job.store, job.scenario, now)}
        _write(job, told.model_copy(update=fields))


def _write(job: Job, told: NightTold) -> None:
    results, say = job.settings.results_folder, Wording(job.settings.file.language)
    network, title, text = job.scenario.network, job.scenario.title, night_json(told)
    write_text(results / told.run / JSON, text)
    write_text(results / told.run / PAGE, night_page(told, network, title, say))
    if _is_newest(job, told.day):
        write_text(results / LATEST_PAGE, night_page(told, network, title, say, f"{told.run}/"))
        write_text(results / LATEST_JSON, text)


def _is_newest(job: Job, day: dt.date) -> bool:
    """Whether no night of a later day has been told."""
    try:
        newest = json.loads((job.settings.results_folder / LATEST_JSON).read_text(encoding="utf-8"))
        return day >= dt.date.fromisoformat(newest["day"])
    except (OSError, ValueError, LookupError, TypeError):
        return True
