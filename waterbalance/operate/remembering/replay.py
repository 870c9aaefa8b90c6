"""A stored run once more, from what was kept of it: the same bytes, or why they cannot be the same.

    kept state, forecasts, policy, previous plan, limits   -> plan again -> plan.csv, schedule.json: SHA-256 as in the manifest
    kept inputs of the scenario                            -> state and forecasts again: equal, number by number

The second is asked only where they follow from the scenario's files alone (`from_inputs`); a night's rest on what was known then.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.operate.planning.expected import members_of, outlook_of
from waterbalance.operate.planning.ladder import NOT_REPLAYABLE
from waterbalance.operate.planning.plan_scenario import plan_expected
from waterbalance.operate.remembering.followed_file import followed_from
from waterbalance.operate.remembering.remember import FOLLOWED, FORECASTS, INPUTS, NIGHT, POLICY, PREVIOUS, STATE
from waterbalance.policy.goal import Policy
from waterbalance.report.files import orders_and_values
from waterbalance.report.installed import installed
from waterbalance.report.manifest import manifest, stopped_by_clock
from waterbalance.report.planned import Planned, SearchLimits
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.canonical import sha256
from waterbalance.store import run_files
from waterbalance.store.results import forecasts_from, plan_from
from waterbalance.store.runs import find_run
from waterbalance.store.states import state_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.plan.plan import Plan
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store
    from waterbalance.store.runs import StoredRun


@dataclass(frozen=True)
class Kept:
    """All that a run rested on, as it was kept."""

    run: StoredRun
    scenario: Scenario
    state: State
    forecasts: Forecasts
    policy: Policy
    limits: SearchLimits
    previous: Plan | None
    files: Mapping[str, bytes]
    """Everything that was kept, by name; a job finds here what it has kept besides."""


Again = Callable[[Kept], Planned]


@dataclass(frozen=True)
class Replayed:
    """What came out when a run was made once more."""

    run: str
    plan: str
    outputs: Mapping[str, bool]
    """File -> whether its bytes are those of the run."""

    remade: tuple[str, ...]
    """State and series that come out otherwise when they are made anew from the inputs."""

    by_clock: tuple[str, ...]
    """Searches that the wall clock ended, then or now."""

    versions: tuple[str, ...]
    """What is installed in another version now."""

    @property
    def proven(self) -> bool:
        """Whether everything came out the same."""
        return all(self.outputs.values()) and not self.remade


def plan_again(kept: Kept) -> Planned:
    """As `plan_scenario` does it, on from the orders that were followed before."""
    followed = followed_from(kept.files[FOLLOWED]) if FOLLOWED in kept.files else None
    (planned,) = plan_expected(
        kept.scenario,
        kept.state,
        outlook_of(kept.scenario, kept.forecasts),
        (kept.policy,),
        previous=kept.previous,
        followed=followed,
        limits=kept.limits,
    )
    return planned


def replay(store: Store, run: str, again: Again = plan_again) -> Replayed:
    """Make a run once more. `run`: its name, or the hash of its plan; `again`: how the job that made it plans.

    Raises `UsageError` for a name that names no run, `InputError` where nothing of it was kept or what was kept has been changed.
    """
    kept = kept_of(store, run)
    told = kept.run.manifest
    planned = again(kept)
    texts = orders_and_values(planned)
    names = sorted({*texts, *told["outputs"]})
    return Replayed(
        run=kept.run.run,
        plan=kept.run.plan,
        outputs={name: name in texts and sha256(texts[name].encode()) == told["outputs"].get(name) for name in names},
        remade=_made_otherwise(kept) if told["from_inputs"] else (),
        by_clock=tuple(dict.fromkeys((*stopped_by_clock(told), *stopped_by_clock(manifest(planned, {})), *_left_by_clock(kept)))),
        versions=_other_versions(told["installed"]),
    )


def _left_by_clock(kept: Kept) -> tuple[str, ...]:
    """Rungs that a night left because the clock stopped them."""
    reasons = json.loads(kept.files[NIGHT])["reasons"] if NIGHT in kept.files else ()
    return tuple(reason for reason in reasons if NOT_REPLAYABLE in reason)


def kept_of(store: Store, run: str) -> Kept:
    """What was kept of a run. Raises what `replay` raises."""
    with store.reading() as connection:
        found = find_run(connection, run)
        files = run_files.of_run(connection, found.run)
    missing = {STATE, FORECASTS, POLICY} - set(files)
    if missing or "installed" not in found.manifest:
        remedy = "Results expire ('keep'); runs before this version kept no files."
        finding = Finding("too little was kept of the run", Place(component=f"run {found.run}"), "nothing of it", remedy=remedy)
        raise InputError("nothing can be replayed", (finding,))
    options = found.manifest["options"]
    return Kept(
        run=found,
        scenario=_scenario({name.removeprefix(INPUTS): each for name, each in files.items() if name.startswith(INPUTS)}),
        state=state_from(files[STATE]),
        forecasts=forecasts_from(files[FORECASTS]),
        policy=Policy.model_validate_json(files[POLICY]),
        limits=SearchLimits(options["time_limit"], options["node_limit"]),
        previous=plan_from(files[PREVIOUS]) if PREVIOUS in files else None,
        files=files,
    )


def _scenario(inputs: Mapping[str, bytes]) -> Scenario:
    with tempfile.TemporaryDirectory(prefix="waterbalance-replay-") as folder:
        for name, content in inputs.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return read_scenario(folder)


def _made_otherwise(kept: Kept) -> tuple[str, ...]:
    state, members = members_of(kept.scenario, kept.state.day)
    for_many = any(each.members > 1 for each in kept.forecasts.series.values())
    forecasts = members if for_many else members.choose(kept.scenario.planning_values)
    names = {*forecasts.series, *kept.forecasts.series}
    return (
        *(["state"] if state != kept.state else []),
        *(".".join(key) for key in sorted(names) if not _equal(forecasts, kept.forecasts, key)),
    )


def _equal(one: Forecasts, other: Forecasts, key: tuple[str, str]) -> bool:
    first, second = one.series.get(key), other.series.get(key)
    return first is not None and second is not None and np.array_equal(first.values, second.values)


def _other_versions(told: Mapping[str, Any]) -> tuple[str, ...]:
    here = installed()
    names = sorted({*told, *here}, key=str.casefold)
    return tuple(
        f"{name} {told.get(name, 'not installed')} -> {here.get(name, 'not installed')}"
        for name in names
        if told.get(name) != here.get(name)
    )
