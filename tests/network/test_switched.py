"""Switching against every sequence of on and off that exists, and service day by day."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import ValidationError

from gallery import Case
from gallery.building import case, in_order, make, most, pipe
from gallery.works_and_switches import (
    a_crew_that_is_not_called,
    outage_ends_a_run,
    outlets_closed_for_a_day,
    rest_that_begins_with_an_outage,
    started_again_after_an_outage,
)
from waterbalance.forecast.forecast import Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.service import in_service
from waterbalance.network.state import Past
from waterbalance.optimise import givens
from waterbalance.optimise.solve import solve
from waterbalance.optimise.step import StepWriter
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Term

START = dt.date(2021, 3, 10)
SHORT = 3.0
"""What a cubic metre of shortage costs."""

COST = Goal(
    name="cost",
    terms=(Term(measure="shortage", weight=SHORT), Term(measure="energy_cost"), Term(measure="start_up_cost")),
)


def allowed(days: list[int], up: int, down: int, before: bool, changed: int, out: list[bool]) -> Iterator[tuple[int, ...]]:
    """Every sequence that keeps the times, step by step in plain words; the last change was `changed` days ago.

    In steps that are out of service nothing runs, and a stop there keeps no time.
    """
    begins = [0, *accumulate(days)][:-1]
    for sequence in product((0, 1), repeat=len(days)):
        now, since, good = int(before), -changed, True
        for on, begin, is_out in zip(sequence, begins, out, strict=True):
            good = good and not (on and is_out)
            if on != now:
                good = good and (is_out or begin - since >= (up if now else down))
                now, since = on, begin
        if good:
            yield sequence


def cheapest(
    sequence: tuple[int, ...],
    days: list[int],
    demand: list[float],
    price: float,
    start: float,
    before: bool,
    days_out: set[int],
) -> float:
    """What a sequence costs at its best: production at the least load, at the demand or at the most, whatever is cheaper.

    Starts are counted day by day: it runs on the days of a step in which it is on, but for those out of service.
    """
    total, now, day = 0.0, int(before), 0
    for on, length, asked in zip(sequence, days, demand, strict=True):
        runs = [int(on and each not in days_out) for each in range(day, day + length)]
        makes = [50.0 * sum(runs), float(np.clip(asked, 50.0 * sum(runs), 100.0 * sum(runs)))]
        total += min(SHORT * max(0.0, asked - made) + price * made for made in makes)
        total += start * sum(later > earlier for earlier, later in pairwise([now, *runs]))
        now, day = runs[-1], day + length
    return total


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    days=some.lists(some.integers(1, 3), min_size=3, max_size=7),
    outage=some.none() | some.tuples(some.integers(0, 12), some.integers(1, 5)),
    shares=some.lists(some.integers(0, 12), min_size=7, max_size=7),
    up=some.integers(0, 5),
    down=some.integers(0, 5),
    start=some.sampled_from((10.0, 100.0, 400.0)),
    price=some.sampled_from((0.5, 2.0)),
    before=some.booleans(),
    changed=some.integers(1, 4),
)
def test_the_best_plan_is_the_best_of_all_sequences(  # noqa: PLR0913, PLR0917 (each is one number of the case)
    days: list[int],
    shares: list[int],
    up: int,
    down: int,
    start: float,
    price: float,
    before: bool,
    changed: int,
    outage: tuple[int, int] | None,
) -> None:
    days_out = set() if outage is None else set(range(outage[0], sum(outage)))
    ends = [0, *accumulate(days)]
    out = [all(day in days_out for day in range(*step)) for step in pairwise(ends)]
    demand = [10.0 * share * length for share, length in zip(shares, days, strict=False)]
    event = "start" if before else "stop"
    day = START - dt.timedelta(days=changed)
    one = case(
        make(
            "desalination_plant",
            "plant",
            capacity=100,
            minimum_load=0.5,
            minimum_up_time=up,
            minimum_down_time=down,
            start_up_cost=start,
            energy_per_volume=1,
            energy_price=price,
            outages=()
            if outage is None
            else ({"first_day": START + dt.timedelta(outage[0]), "last_day": START + dt.timedelta(sum(outage) - 1)},),
        ),
        pipe("plant", "town"),
        make("household_supply", "town"),
        days=tuple(days),
        stocks={("plant", "running"): float(before)},
        past={("plant", event): (Past(day, day + dt.timedelta(days=1), 1.0),)},
        series={("town", "demand"): tuple(demand)},
        policy=in_order(COST),
    )
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    best = min(
        cheapest(each, days, demand, price, start, before, days_out) for each in allowed(days, up, down, before, changed, out)
    )
    assert plan.ranks[0].value == pytest.approx(best, rel=1e-4, abs=0.01)
    assert [str(finding) for finding in audit(plan, one.network, one.forecasts)] == []
    # What the plan hands over says whether it runs, and what was started lately.
    state = plan.state_after(1)
    assert state.stocks["plant", "running"] == plan.values["plant", "running"][0]
    if up > 1:
        assert sum(each.volume for each in state.past["plant", "start"]) == pytest.approx(
            float(before) + plan.values["plant", "start"][0]
        )


def test_without_a_field_that_asks_there_are_no_switches() -> None:
    one = case(
        make("desalination_plant", "plant", capacity=100),
        pipe("plant", "town"),
        make("household_supply", "town", demand=70),
        days=(1, 1),
    )
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    assert ("plant", "running") not in plan.values


def test_a_table_whose_first_day_is_a_sunday_still_knows_its_dear_hours() -> None:
    """No peak on the first day, half of the second: 70 of 100 fit into the cheap hours of 140, 70 x 2 for them and 30 x 9."""
    one = case(
        make("reclaimed_works", "works", capacity=1e3),
        make(
            "pump_station",
            "pumps",
            source="works",
            target="town",
            capacity=140,
            energy_per_volume=1,
            energy_price=2,
            peak_hours=0,
            peak_price=9,
        ),
        make("household_supply", "town", demand=100),
        days=(1, 1),
        series={("pumps", "peak_hours"): (0, 0.5)},
        policy=in_order(Goal(name="shortage", terms=(Term(measure="shortage"),)), COST),
    )
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    assert plan.values["pumps", "peak_inflow"] == pytest.approx([0, 30], abs=1e-3)
    assert plan.values["pumps", "energy_cost"] == pytest.approx([200, 410], abs=1e-2)
    assert ("pumps", "half_peak_inflow") not in plan.values
    assert [str(finding) for finding in audit(plan, one.network, one.forecasts)] == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    days=some.lists(some.integers(1, 10), min_size=1, max_size=5),
    first=some.integers(-3, 20),
    length=some.integers(1, 9),
    gap=some.integers(1, 5),
    available=some.sampled_from((0.0, 0.25, 0.5, 1.0)),
    service=some.tuples(some.none() | some.integers(-2, 15), some.none() | some.integers(5, 30)),
)
def test_the_share_in_service_is_the_mean_over_the_days(
    days: list[int], first: int, length: int, gap: int, available: float, service: tuple[int | None, int | None]
) -> None:
    def on(day: int) -> dt.date:
        return START + dt.timedelta(days=day)

    last = first + length - 1
    again = last + gap
    begin, end = service
    component = pipe(
        "a",
        "b",
        in_service_from=None if begin is None else on(begin),
        in_service_until=None if end is None else on(end),
        outages=(
            {"first_day": on(again), "last_day": on(again)},
            {"first_day": on(first), "last_day": on(last), "available": available},
        ),
    )
    by_day = np.array(
        [
            0.0
            if (begin is not None and day < begin) or (end is not None and day > end) or day == again
            else available
            if first <= day <= last
            else 1.0
            for day in range(sum(days))
        ]
    )
    ends = list(accumulate(days))
    horizon = Horizon((START, *(on(each) for each in ends)))
    expected = [by_day[end - length : end].mean() for end, length in zip(ends, days, strict=True)]
    assert in_service(component, horizon) == pytest.approx(expected)


def test_a_day_of_23_hours_is_a_whole_day_in_service() -> None:
    spring = Horizon((dt.date(2026, 3, 28), dt.date(2026, 3, 29), dt.date(2026, 3, 30)), "Europe/Berlin")
    assert spring.days == pytest.approx([1, 23 / 24])
    assert in_service(pipe("a", "b"), spring).tolist() == [1, 1]


@pytest.mark.parametrize("joined", [False, True])
def test_an_outage_that_is_forgotten_is_found(joined: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the outlet's pipe on the first days, all of it on the last: with the whole pipe all the time the audit objects."""
    one = outlets_closed_for_a_day()
    monkeypatch.setattr(givens, "in_service", lambda _, horizon: np.ones(len(horizon)))
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    found = {str(each) for each in audit(replace(plan, ranks=()) if joined else plan, one.network)}
    assert any("lake, 2021-03-11: release_capacity is used out of service" in each for each in found)
    # A share that is left can be judged where a field, and no series, says of what.
    assert any("lake to town, 2021-03-12: capacity is used out of service" in each for each in found) != joined


@pytest.mark.parametrize(
    ("kind", "fields", "complaint"),
    [
        ("pipeline", {"outages": [{"first_day": "2026-03-05", "last_day": "2026-03-01"}]}, "before it begins"),
        (
            "pipeline",
            {
                "outages": [
                    {"first_day": "2026-03-05", "last_day": "2026-03-09"},
                    {"first_day": "2026-03-01", "last_day": "2026-03-05"},
                ]
            },
            "two outages overlap: 2026-03-01 to 2026-03-05 and 2026-03-05 to 2026-03-09",
        ),
        ("pipeline", {"outages": [{"first_day": 20260301, "last_day": "2026-03-01"}]}, "20260301 is not a date"),
        ("pump_station", {"minimum_load": 0.5}, "needs a capacity"),
        ("pump_station", {"peak_hours": 0.5}, "need a capacity"),
        (
            "pump_station",
            {"capacity": 1, "energy_price": 1, "peak_hours": 0.6, "half_peak_hours": 0.6},
            "more than a day together",
        ),
        ("pump_station", {"solar_energy": 1}, "without an energy_per_volume"),
        ("pump_station", {"off_grid": True}, "need a solar_energy"),
    ],
)
def test_what_cannot_be_is_refused(kind: str, fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        make(kind, "it", source="a", target="b", **fields)


def test_what_has_no_capacity_has_no_outages() -> None:
    with pytest.raises(ValidationError, match="a junction has no capacity that an outage could take away"):
        make("junction", "fork", outages=({"first_day": START, "last_day": START},))


@pytest.mark.parametrize(
    ("derating", "complaint"),
    [
        (({"turbidity": 5, "share": 1}, {"turbidity": 4, "share": 0.5}), "4 NTU with 0.5 follows 5 NTU with 1"),
        (({"turbidity": 5, "share": 0.5}, {"turbidity": 9, "share": 0.6}), "9 NTU with 0.6 follows 5 NTU with 0.5"),
    ],
)
def test_a_derating_falls(derating: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        make("treatment_works", "works", capacity=1, derating=derating)
    with pytest.raises(ValidationError, match="needs a capacity"):
        make("treatment_works", "works", derating=({"turbidity": 5, "share": 0.5},))


def test_used_water_needs_a_way_out_and_a_reserve_a_tank() -> None:
    with pytest.raises(ValidationError, match="effluent_to says where the rest"):
        make("reclaimed_works", "works", capacity=1, recovery=0.5)
    with pytest.raises(ValidationError, match="needs an on_site_storage"):
        make("fab", "fab", reserve=1)


def test_rules_name_each_subject_once_and_more_than_may_run() -> None:
    with pytest.raises(ValidationError, match="more names than the 2"):
        make("exclusive_sources", "rule", subjects=("a", "b"), at_most=2)
    with pytest.raises(ValidationError, match="at least one subject"):
        make("gate_moves", "rule", subjects=("a", "a"), largest_move=1)


@pytest.mark.parametrize(
    ("of", "forgotten", "objection"),
    [
        (started_again_after_an_outage, "out_of_service", "running in service is outside of its limits"),
        (started_again_after_an_outage, "minimum_up_time_when_back", "stop is outside of its limits"),
        (rest_that_begins_with_an_outage, "minimum_down_time", "stops within the minimum down-time"),
    ],
)
def test_the_audit_sees_what_runs_through_an_outage_and_times_that_are_forgotten(
    of: Callable[[], Case], forgotten: str, objection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = StepWriter.constraint

    def without(writer: StepWriter, component: Component, name: str, relation: Any) -> None:  # noqa: ANN401
        if name != forgotten:
            original(writer, component, name, relation)

    monkeypatch.setattr(StepWriter, "constraint", without)
    one = of()
    policy = in_order(*one.policy.goals, most("running"))
    findings = audit(solve(one.network, one.state, one.forecasts, policy), one.network, one.forecasts)
    assert any(objection in str(each) for each in findings), findings


def test_a_plan_rolled_through_an_outage_owes_nothing_for_the_run_before() -> None:
    """Started on the first day for four, repaired on the second: from the third day on the plan is as the first one said."""
    one = outage_ends_a_run()
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    series = {key: replace(each, values=each.values[2:]) for key, each in one.forecasts.series.items()}
    rest = Forecasts(plan.horizon.from_step(2), series)
    later = solve(one.network, plan.state_after(2), rest, one.policy)
    assert later.values["plant", "running"].tolist() == [0, 0]
    assert [str(finding) for finding in audit(later, one.network, rest)] == []


@pytest.mark.parametrize("told", [0.0, 1.0])
def test_a_move_is_told_where_the_setpoint_changes_and_nowhere_else(told: float) -> None:
    """The crew moves the large canal on the third step only; to tell otherwise of any step is found."""
    one = a_crew_that_is_not_called()
    plan = solve(one.network, one.state, one.forecasts, one.policy)
    true = plan.values["crew", "moved canal to large"]
    for step in np.flatnonzero(true != told):
        changed = np.where(np.arange(len(true)) == step, told, true)
        otherwise = replace(plan, values={**plan.values, ("crew", "moved canal to large"): changed})
        findings = [str(finding) for finding in audit(otherwise, one.network, one.forecasts)]
        assert any("moved canal to large does not add up" in each for each in findings)
