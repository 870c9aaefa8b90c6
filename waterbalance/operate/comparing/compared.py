"""The plan that tonight's is held against, so that whoever agrees to it sees what would change at the gates.

in force    what devices follow, or are being told
approved    else what somebody agreed to, and never left, such as in a rehearsal
made        else, or where no values were kept of that, the plan that was made last
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.life_cycle import IN_FORCE, PlanState
from waterbalance.store.plans import newest
from waterbalance.store.results import plan_from
from waterbalance.store.runs import runs_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from waterbalance.plan.plan import Plan

PLAN = "plan.parquet"

Standing = Literal["in_force", "approved", "made"]

STANDING: tuple[tuple[Standing, frozenset[PlanState]], ...] = (("in_force", IN_FORCE), ("approved", frozenset({"approved"})))
"""Plans that are looked for, the first one first."""


@dataclass(frozen=True)
class Compared:
    """A plan of a night before, and how it stands."""

    standing: Standing
    plan: Plan


def compared_with(connection: Connection, scenario: str, results: Path, made: Plan | None) -> Compared | None:
    """What tonight's plan is held against; `made`: the plan of the night before, None where there is none."""
    for standing, states in STANDING:
        stored = newest(connection, scenario, states)
        run = None if stored is None else next((run for run in runs_of(connection, stored.plan) if is_kept(results, run)), None)
        if run is not None:
            return Compared(standing, values_of(results, run))
    return None if made is None else Compared("made", made)


def is_kept(results: Path, run: str) -> bool:
    """Whether the folder of a run is whole: its manifest is written last."""
    return (results / run / "manifest.json").is_file() and (results / run / PLAN).is_file()


def values_of(results: Path, run: str) -> Plan:
    """The values of a run's plan."""
    return plan_from((results / run / PLAN).read_bytes())
