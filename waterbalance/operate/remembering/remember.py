"""A run into the memory: its plan for approval, and all that it rested on, so that it can be replayed.

In the store, beside plan and manifest, the files of the run: `inputs/...`, the scenario's files byte for byte; `state.json`,
where the plan begins; `forecasts.parquet`, what it was made with, one member a series (all of them where it was made for
several futures); `policy.json`, its goals; `previous.parquet`, the plan that it was to stay near, if any. In the folder of
results, under the name of the run: `plan.parquet`, `forecasts.parquet` with all members, and last of all `manifest.json`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, InputError, Place
from waterbalance.operate.issuing.made_from import known_besides
from waterbalance.operate.issuing.record import sound_plan
from waterbalance.report.atomic import write_bytes
from waterbalance.report.files import orders_and_values
from waterbalance.report.json_text import json_text
from waterbalance.report.manifest import Circumstances, manifest
from waterbalance.schedule.canonical import sha256
from waterbalance.store import expectations, run_files
from waterbalance.store.plans import record
from waterbalance.store.results import forecasts_bytes, plan_bytes
from waterbalance.store.states import state_bytes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.device import Device
    from waterbalance.store.database import Store
    from waterbalance.store.plans import NewPlan

INPUTS = "inputs/"
STATE = "state.json"
FORECASTS = "forecasts.parquet"
POLICY = "policy.json"
PREVIOUS = "previous.parquet"
FOLLOWED = "followed.json"
"""Orders that gates followed before, where turns went on from them."""

LADDER, OVERRIDES, NIGHT = "ladder.json", "overrides.json", "night.json"
"""What a night kept besides: the settings of its ladder, the orders of people, and how it came to its plan."""


@dataclass(frozen=True)
class Remembered:
    """Under which names a run is kept."""

    run: str
    plan: str


def inputs_of(scenario: Scenario) -> dict[str, bytes]:
    """The bytes of the files that a scenario was read from, as `inputs/NAME`. Raises `InputError` where one has changed since."""
    found = {}
    for name, told in scenario.files.items():
        path = Path(scenario.folder) / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _changed(path, error.strerror or str(error)) from None
        if sha256(content) != told:
            raise _changed(path, "other bytes than were planned with")
        found[INPUTS + name] = content
    return found


def keep_run(  # noqa: PLR0913 (each is one thing that is kept)
    store: Store,
    planned: Planned,
    files: Mapping[str, bytes],
    devices: Collection[Device],
    by: str,
    at: dt.datetime,
    circumstances: Circumstances | None = None,
    results: Path | None = None,
    *,
    members: Forecasts | None = None,
) -> Remembered:
    """Record a plan with all that it rests on, in one transaction.

    `files`: those of `inputs_of`, and whatever else is to be kept with the run, by name. `results`: the folder for results.
    `members`: the forecasts with their members; else those of the plan are kept, unless some were kept for the run before.
    Raises what `record_plan` raises, and `OutputError` or `TryLaterError` where results cannot be written; then nothing is
    recorded.
    """
    around = circumstances or Circumstances()
    new, run = _bound_to(sound_plan(planned, devices), around), around.run or str(uuid.uuid4())
    hashes = {file: sha256(text.encode()) for file, text in orders_and_values(planned).items()}
    told = manifest(planned, hashes, around)
    with store.writing() as connection:
        plan = record(connection, new, told, by, at, run)
        run_files.keep(connection, run, {**_rested_on(planned), **files})
        expectations.keep(connection, planned.scenario.name, run, members or _forecasts(planned), at)
        expected = expectations.of_run(connection, run)
        if results is not None:
            write_results(results / run, planned, expected.forecasts if expected else _forecasts(planned), told)
    return Remembered(run, plan)


def write_results(folder: Path, planned: Planned, expected: Forecasts, told: Mapping[str, object]) -> None:
    """Write the results of a run as Parquet; a folder with a manifest is whole. Raises `OutputError` or `TryLaterError`."""
    write_bytes(folder / "plan.parquet", plan_bytes(planned.plan))
    write_bytes(folder / FORECASTS, forecasts_bytes(expected))
    write_bytes(folder / "manifest.json", json_text(told).encode())


def _bound_to(new: NewPlan, around: Circumstances) -> NewPlan:
    """The plan, bound to what was known beside its scenario, too."""
    return replace(new, content={**new.content, "made_from": {**new.content["made_from"], **known_besides(around)}})


def _rested_on(planned: Planned) -> dict[str, bytes]:
    kept = {
        STATE: state_bytes(planned.state),
        FORECASTS: forecasts_bytes(_forecasts(planned)),
        POLICY: planned.policy.model_dump_json().encode(),
    }
    return kept if planned.previous is None else {**kept, PREVIOUS: plan_bytes(planned.previous)}


def _forecasts(planned: Planned) -> Forecasts:
    """What the plan was made with: one member a series, or all that its futures were drawn from."""
    told = None if planned.fan is None else planned.fan.drawn_from
    return planned.forecasts if told is None else told


def _changed(path: Path, found: str) -> InputError:
    remedy = "Run the scenario again, and leave its files alone while it runs."
    finding = Finding("a file of the scenario has changed while it was planned", Place(file=str(path)), found, remedy=remedy)
    return InputError("the run cannot be kept", (finding,))
