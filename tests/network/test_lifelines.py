"""What rules leave open carries the lifelines: by hand, against the plan itself, and the largest flow against scipy's."""

import datetime as dt

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.sparse.csgraph import maximum_flow

from network.example import IN_ORDER, make
from waterbalance.forecast.forecast import Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.lifelines import carried, lifelines_cut
from waterbalance.network.max_flow import max_flow
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import solve

START = dt.date(2026, 3, 1)


def lake(**fields: object) -> Component:
    return make("reservoir", "lake", capacity=1e6, **fields)


def hospital(name: str = "hospital", demand: float = 1000.0) -> Component:
    return make("household_supply", name, demand=demand, user_class="lifeline")


def canal(name: str, capacity: float | None = 5000.0, source: str = "lake", target: str = "hospital") -> Component:
    return make("canal", name, source=source, target=target, capacity=capacity)


def turns(name: str, pause: float = 0.0, **groups: tuple[str, ...]) -> Component:
    return make("rotation", name, groups=groups, turns=dict.fromkeys(groups, 1.0), pause=pause, first_day=START)


def transfer(name: str, link: str) -> Component:
    return make("emergency_transfer", name, link=link, announced=1)


def told(*components: Component) -> list[tuple[str | None, str | None]]:
    return [(each.where.component, each.found) for each in lifelines_cut(Network.of(components))]


def test_two_canals_that_a_pause_closes_together() -> None:
    rest = lake(), hospital(), canal("a"), canal("b")
    assert told(*rest, turns("rule", pause=1.0, first=("a",), second=("b",))) == [
        ("rule", "'a', 'b', without which 0 m3/day can reach 'hospital' instead of 1,000 m3/day")
    ]
    assert told(*rest, turns("rule", first=("a",), second=("b",))) == []


def test_a_canal_that_is_left_has_to_be_wide_enough() -> None:
    rule = turns("rule", pause=1.0, first=("a",))
    narrow = [("rule", "'a', without which 10 m3/day can reach 'hospital' instead of 1,000 m3/day")]
    assert told(lake(), hospital(), canal("a"), canal("b", 10.0), rule) == narrow
    assert told(lake(), hospital(), canal("a"), canal("b", 1000.0), rule) == []
    assert told(lake(), hospital(), canal("a"), canal("b", None), rule) == []
    # What the network cannot carry with everything open is no fault of a rule.
    assert told(lake(), hospital(demand=9000.0), canal("a", 10.0), canal("b", 10.0), turns("rule", only=("a",))) == []


def test_two_rules_that_only_together_close_every_way() -> None:
    rest = lake(), hospital(), canal("a"), canal("b"), canal("c", source="lake", target="fields")
    fields = make("irrigation_zone", "fields", area=1, demand=1)
    rules = transfer("first", "a"), transfer("second", "b"), transfer("third", "c")
    assert told(*rest, fields, *rules) == [
        ("first", "'a', 'b', closed by 'first', 'second', without which 0 m3/day can reach 'hospital' instead of 1,000 m3/day")
    ]
    assert told(*rest, fields, rules[0], rules[2]) == []
    # The turns of two rotations meet sooner or later.
    both = turns("first", one=("a",), other=("c",)), turns("second", one=("b",), other=("c",))
    assert [rule for rule, _ in told(*rest, fields, *both)] == ["first"]


def test_two_lifelines_share_what_is_left() -> None:
    clinic = hospital("clinic", 800.0)
    ways = (canal("a", target="fork"), canal("b", 1500.0, target="fork"), make("junction", "fork"))
    taps = (canal("to hospital", source="fork"), canal("to clinic", source="fork", target="clinic"))
    rule = turns("rule", pause=1.0, only=("a",))
    (found,) = told(lake(), hospital(), clinic, *ways, *taps, rule)
    assert found == ("rule", "'a', without which 1,500 m3/day can reach 'clinic', 'hospital' instead of 1,800 m3/day")


def test_places_and_pipes_that_are_turned_have_their_own_capacities() -> None:
    def left(works: float, reverse: float) -> float:
        pipe = make(
            "pipeline", "pipe", source="hospital side", target="works", two_way=True, capacity=1e6, reverse_capacity=reverse
        )
        network = Network.of(
            (
                lake(release_capacity=700.0),
                canal("main", target="works"),
                make("treatment_works", "works", capacity=works),
                pipe,
                make("junction", "hospital side"),
                canal("last", source="hospital side"),
                hospital(),
            )
        )
        return carried(network, frozenset(), {"hospital": 1000.0})

    assert (left(600, 500), left(400, 500), left(900, 900)) == (500, 400, 700)


CAPACITIES = some.sampled_from([300.0, 600.0, 1000.0, 2000.0])


@settings(max_examples=30, deadline=None)
@given(
    capacities=some.tuples(CAPACITIES, CAPACITIES, CAPACITIES),
    group=some.tuples(*[some.sampled_from(["first", "second", None])] * 3),
    pause=some.sampled_from([0.0, 1.0]),
)
def test_a_rotation_is_refused_just_where_its_plan_would_leave_the_lifeline_short(
    capacities: tuple[float, ...], group: tuple[str | None, ...], pause: float
) -> None:
    """Two cycles of a plan with the user as no lifeline; its own shortage without the rule counts for nothing."""
    canals = [canal(f"canal {number}", capacity) for number, capacity in enumerate(capacities)]
    groups = {name: tuple(f"canal {n}" for n, each in enumerate(group) if each == name) for name in ("first", "second")}
    groups = {name: names for name, names in groups.items() if names}
    rules = [turns("rule", pause, **groups)] if groups else []
    horizon = Horizon(tuple(START + dt.timedelta(days=day) for day in range(7)))

    def shortage(*rules: Component) -> float:
        town = make("household_supply", "hospital", demand=1000.0)
        network = Network.of((lake(), town, *canals, *rules))
        plan = solve(network, State(START, {("lake", "storage"): 1e6}), Forecasts(horizon), IN_ORDER)
        return float(plan.values["hospital", "shortage"].sum())

    refused = bool(told(lake(), hospital(), *canals, *rules))
    assert refused == (shortage(*rules) > shortage() + 1.0)


@given(some.lists(some.tuples(some.integers(0, 6), some.integers(0, 6), some.integers(0, 20)), max_size=25))
def test_the_largest_flow_is_that_of_another_method(arcs: list[tuple[int, int, int]]) -> None:
    capacities = np.zeros((7, 7), dtype=np.int32)
    for start, end, capacity in arcs:
        capacities[start, end] = capacity * (start != end)
    told = {((str(a), ""), (str(b), "")): float(capacities[a, b]) for a, b in zip(*np.nonzero(capacities), strict=True)}
    assert max_flow(told, ("0", ""), ("6", "")) == maximum_flow(sp.csr_array(capacities), 0, 6).flow_value


def test_a_way_without_a_capacity_carries_any_flow() -> None:
    a, b, c = ("a", ""), ("b", ""), ("c", "")
    assert max_flow({(a, b): np.inf, (b, c): np.inf}, a, c) == np.inf
    assert max_flow({(a, b): np.inf, (b, c): 0.3, (a, c): 0.1}, a, c) == pytest.approx(0.4)
    assert max_flow({(b, a): 1.0}, a, c) == 0.0
