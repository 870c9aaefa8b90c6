"""The ladder of plans: the best that is left when there is no full plan, and a label that says which.

    0 full plan                 the scenario as it is
    1 declared relaxations      where no plan fits its limits: the smallest of what may give way
    2 without switches          a linear program, with average losses
    3 deterministic             one declared value of the members, where the plan took another or several members
    4 previous plan shifted     yesterday's orders for the days that are left, from today's state
    5 rule curves alone         each day by itself, without a policy

A rung is tried when the one before it gave no plan, or one in which the audit found something. Every try is told, with why.
Where even the last rung fails there is no plan: devices keep what is left of theirs, then their own fallback (`remainder.py`).

Each rung and all of them have a limit of time. Limits in nodes give the same plan everywhere; a plan that stands on a rung
because the clock stopped another one cannot be replayed, and its reasons say so.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterbalance.errors import Finding, InputError, NoPlanError, OutputError, UsageError
from waterbalance.operate.planning.asked import Asked
from waterbalance.operate.planning.futures import plan_for
from waterbalance.operate.planning.plan_scenario import judged
from waterbalance.operate.planning.relax import is_possible, misfits, relaxed, smallest_relaxation
from waterbalance.operate.planning.rule_curves import by_rule_curves
from waterbalance.operate.planning.shifted import shifted
from waterbalance.optimise.explain import STOPPED_BY_TIME
from waterbalance.optimise.inputs import require_connected, require_fitting
from waterbalance.optimise.lifelines_first import CUT
from waterbalance.optimise.solve import SWITCH_STEPS, Planner
from waterbalance.report.fallback import RUNGS, Fallback
from waterbalance.report.planned import SearchLimits
from waterbalance.schedule.derive import daily_steps
from waterbalance.solver.keep import keep_program
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.operate.planning.ladder_settings import LadderSettings
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario

KEPT_AS = "no_plan.mps"
"""Name of the file with the program that had no plan."""

NOT_REPLAYABLE = "stopped by the clock: cannot be replayed"

_FAILURES = (NoPlanError, InputError, UsageError, ArithmeticError, ValueError, LookupError, RuntimeError, MemoryError)
"""What takes one rung and not the night: no plan, a lifeline that would be cut, trouble with numbers."""

_LAST_RESORTS = 4
"""From this rung on the time that is kept back may be used."""


@dataclass(frozen=True)
class Attempt:
    """One rung that was tried or left out."""

    rung: int
    came: Literal["taken", "failed", "left out"]
    why: tuple[str, ...]
    seconds: float

    @property
    def line(self) -> str:
        """The attempt as one reason."""
        return f"{self.rung} {RUNGS[self.rung]} ({self.came}): {'; '.join(self.why)}"


@dataclass(frozen=True)
class Laddered:
    """A plan, and the rung that it stands on."""

    planned: Planned
    attempts: tuple[Attempt, ...]
    """Every rung that was looked at, the taken one last."""

    kept_lp: Path | None = None
    """The program of the full plan, where it had none."""

    notes: tuple[str, ...] = ()

    @property
    def rung(self) -> int:
        """0 for a full plan."""
        return self.planned.fallback.rung

    @property
    def label(self) -> str:
        """The rung in words."""
        return self.planned.fallback.label

    @property
    def why(self) -> tuple[str, ...]:
        """Why each rung before was left."""
        return self.planned.fallback.reasons


class _LeftOutError(Exception):
    """A rung that would bring nothing else than the one before."""


def plan_by_ladder(  # noqa: PLR0913 (each is one thing that a night has at hand)
    scenario: Scenario,
    state: State,
    members: Forecasts,
    settings: LadderSettings,
    *,
    policy: Policy | None = None,
    previous: Plan | None = None,
    followed: Followed | None = None,
    seconds: float = np.inf,
    keep_in: Path | None = None,
    first: int = 0,
    require: Callable[[Planned], object] = lambda _: None,
) -> Laddered:
    """Plan on the highest rung that gives a plan that the audit finds sound.

    `members` are the forecasts with their members, `previous` the plan of the night before, `followed` the orders that turns go
    on from, `seconds` the time that is left [s].
    The program of a full plan that failed is written into the folder `keep_in`. `first` is the rung to begin with, for drills.
    `require` looks at each sound plan, and raises for one that cannot be used: then the next rung is tried.

    Raises `InputError` where state, forecasts, policy or the declared relaxations do not fit the scenario, before any rung, and
    `NoPlanError` with the reasons of all rungs where none gives a plan.
    """
    expected = members.choose(scenario.planning_values)
    asked = Asked(scenario, state, members, expected, policy or scenario.policy, previous, followed)
    _require_sound(asked, settings)
    return _Climb(asked, settings, seconds, keep_in, require).down_from(first)


def _require_sound(asked: Asked, settings: LadderSettings) -> None:
    require_connected(asked.network)
    require_fitting(asked.network, asked.state, asked.expected, asked.policy)
    found = misfits(asked, settings.relaxations)
    if found:
        raise InputError("the declared relaxations do not fit the scenario", found)


class _Climb:
    """One walk down the ladder."""

    def __init__(
        self,
        asked: Asked,
        settings: LadderSettings,
        seconds: float,
        keep_in: Path | None,
        require: Callable[[Planned], object],
    ) -> None:
        self._asked, self._settings, self._keep_in, self._require = asked, settings, keep_in, require
        began = time.monotonic()
        total = min(settings.total * SECONDS_PER_DAY, seconds)
        self._ends = (began + (1.0 - settings.kept_back) * total, began + total)
        self._attempts: list[Attempt] = []
        self._full_plan_failed_for: Exception | None = None
        self._notes: list[str] = []
        self._kept: Path | None = None
        self._rungs: tuple[Callable[[float], Planned], ...] = (
            self._full,
            self._relaxed,
            self._without_switches,
            self._deterministic,
            self._shifted,
            self._by_rule_curves,
        )

    def down_from(self, first: int) -> Laddered:
        """The first rung that holds."""
        if self._keep_in is not None:
            with suppress(OSError):
                (self._keep_in / KEPT_AS).unlink(missing_ok=True)
        for rung in range(first, len(self._rungs)):
            planned = self._tried(rung)
            if planned is not None:
                reasons = tuple(each.line for each in self._attempts[:-1])
                reasons = (*((f"begun on rung {first}",) if first else ()), *reasons)
                search = self._settings.search
                limits = SearchLimits(None if search is None else search * SECONDS_PER_DAY, self._settings.nodes)
                planned = replace(planned, fallback=Fallback(rung, reasons), limits=limits, previous=self._asked.previous)
                return Laddered(planned, tuple(self._attempts), self._kept, tuple(self._notes))
        findings = tuple(Finding(each.line) for each in self._attempts)
        raise NoPlanError("no plan: no rung of the ladder holds", findings)

    def _tried(self, rung: int) -> Planned | None:
        began = time.monotonic()
        ends = self._ends[rung >= _LAST_RESORTS]
        deadline = min(ends, began + self._settings.rung * SECONDS_PER_DAY)

        def tell(came: Literal["taken", "failed", "left out"], *why: str) -> None:
            self._attempts.append(Attempt(rung, came, why, time.monotonic() - began))

        if began >= ends and rung != len(self._rungs) - 1:
            tell("left out", "no time is left for it", NOT_REPLAYABLE)
            return None
        try:
            planned = self._rungs[rung](deadline)
            if not planned.findings:
                self._require(planned)
        except _LeftOutError as reason:
            tell("left out", str(reason))
        except _FAILURES as error:
            late = (NOT_REPLAYABLE,) if time.monotonic() >= deadline or _by_the_clock(error) else ()
            tell("failed", *_reasons(error), *late)
            if rung == 0:
                self._full_plan_failed_for = error
                self._keep()
        else:
            if not planned.findings:
                tell("taken")
                return planned
            tell("failed", *(f"the audit found: {finding}" for finding in planned.findings))
        return None

    def _full(self, deadline: float) -> Planned:
        return self._planned(self._asked, deadline)

    def _relaxed(self, deadline: float) -> Planned:
        declared = self._settings.relaxations
        if not declared:
            raise _LeftOutError("none are declared")
        if not is_possible(self._asked, deadline):
            found = smallest_relaxation(self._asked, declared, deadline)
            return self._planned(found.asked, deadline, *found.told)
        if not (isinstance(self._full_plan_failed_for, InputError) and self._full_plan_failed_for.title == CUT):
            raise _LeftOutError("the limits can hold as they are")
        # A rule that cuts a lifeline is seen in the finished plan only.
        for number in range(1, len(declared) + 1):
            chosen = declared[:number]
            try:
                told = f"relaxed: {', '.join(each.component for each in chosen)}"
                return self._planned(relaxed(self._asked, chosen), deadline, told)
            except InputError:
                continue
        raise NoPlanError("lifelines are cut with all declared relaxations, too")

    def _without_switches(self, deadline: float) -> Planned:
        if not _has_switches(self._asked):
            raise _LeftOutError("the network has no switches")
        note = "planned without switches: what is on or off may be partly on, with average losses"
        return self._planned(self._asked, deadline, note, switch_steps=0)

    def _deterministic(self, deadline: float) -> Planned:
        asked = self._asked
        if asked.scenario.planning_ensemble is not None:
            declared = {**asked.scenario.planning_values, **self._settings.deterministic}
            one_value = replace(asked.scenario, planning_ensemble=None)
            asked = replace(asked, scenario=one_value, expected=asked.members.choose(declared))
            return self._planned(asked, deadline, "planned with one value of the members instead of several", switch_steps=0)
        expected = asked.members.choose(self._settings.deterministic)
        changed = [
            key for key, each in expected.series.items() if not np.array_equal(each.values, asked.expected.series[key].values)
        ]
        if not changed:
            raise _LeftOutError("the plan is deterministic with these values already")
        note = f"planned with one value of the members for {', '.join('.'.join(key) for key in changed)}"
        return self._planned(replace(asked, expected=expected), deadline, note, switch_steps=0)

    def _shifted(self, deadline: float) -> Planned:
        asked = self._asked
        planner = Planner(asked.network, node_limit=self._settings.nodes, deadline=deadline)
        plan, expected = shifted(planner, asked, self._settings.oldest_previous)
        return judged(asked.scenario, expected, asked.policy, plan, followed=asked.followed)

    def _by_rule_curves(self, deadline: float) -> Planned:
        """Each day alone; where that fits nothing, with a look ahead; then with everything that is declared to give way."""
        given_way = relaxed(self._asked, self._settings.relaxations)
        note = f"relaxed in full: {', '.join(each.component for each in self._settings.relaxations)}"
        ways: list[tuple[Asked, bool, tuple[str, ...]]] = [(self._asked, False, ()), (self._asked, True, ())]
        ways += [(given_way, False, (note,)), (given_way, True, (note,))] if self._settings.relaxations else []
        found: list[Planned] = []
        failed: list[NoPlanError | InputError] = []
        for asked, ahead, notes in ways:
            try:
                planned = self._curves(asked, deadline, notes, ahead=ahead)
            except (NoPlanError, InputError) as error:
                failed.append(error)
                continue
            found.append(planned)
            if not planned.findings and len(planned.horizon) >= daily_steps(asked.expected.horizon):
                break
        if not found:
            raise failed[0]
        return max(found, key=lambda each: (not each.findings, len(each.horizon)))

    def _curves(self, asked: Asked, deadline: float, notes: tuple[str, ...], *, ahead: bool) -> Planned:
        planner = Planner(asked.network, node_limit=self._settings.nodes, deadline=deadline)
        plan, expected = by_rule_curves(planner, asked, self._settings, ahead=ahead)
        plan = replace(plan, notes=(*notes, *plan.notes))
        return judged(asked.scenario, expected, asked.policy, plan, followed=asked.followed)

    def _planned(self, asked: Asked, deadline: float, *notes: str, switch_steps: int = SWITCH_STEPS) -> Planned:
        settings = self._settings
        planner = Planner(
            asked.network,
            switch_steps=switch_steps,
            time_limit=None if settings.search is None else settings.search * SECONDS_PER_DAY,
            node_limit=settings.nodes,
            deadline=deadline,
        )
        outlook = asked.outlook
        plan = plan_for(planner, asked.scenario, asked.state, outlook, asked.policy, asked.previous)
        by_clock = (NOT_REPLAYABLE,) if any(rank.stop == "time limit" for rank in plan.ranks) else ()
        plan = replace(plan, notes=(*notes, *plan.notes, *by_clock))
        return judged(asked.scenario, outlook, asked.policy, plan, followed=asked.followed)

    def _keep(self) -> None:
        """Write down what had no plan; a disk that is full must not take the night."""
        if self._keep_in is None:
            return
        path = self._keep_in / KEPT_AS
        try:
            planner = Planner(self._asked.network)
            outlook = self._asked.outlook
            posed, days = planner.first_pass(self._asked.state, outlook, self._asked.policy), outlook.dates
            columns = [f"{component}.{name} {day}" for day in days for component, name in posed.layout.columns]
            rows = [f"{component}.{name} {day}" for day in days for component, name in planner.step.rows.names]
            self._keep_in.mkdir(parents=True, exist_ok=True)
            keep_program(posed.program, path, columns, rows)
            self._kept = path
        except (*_FAILURES, OutputError, OSError) as error:
            self._notes.append(f"the program without a plan could not be kept: {error}")


def _has_switches(asked: Asked) -> bool:
    return bool(Planner(asked.network).step.integer.any())


def _by_the_clock(error: Exception) -> bool:
    """Whether a search ended without a solution because its seconds were over."""
    return isinstance(error, NoPlanError) and any(STOPPED_BY_TIME in finding.what for finding in error.findings)


def _reasons(error: Exception) -> tuple[str, ...]:
    """What an error says: its title and its findings."""
    if isinstance(error, NoPlanError | InputError | UsageError):
        return error.title, *(str(finding) for finding in error.findings)
    return (f"{type(error).__name__}: {error}",)
