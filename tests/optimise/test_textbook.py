"""What the textbook promises of priorities and equity, on random networks, by another program than the one that planned.

Multi-period network flow in order of priority, and lexicographic minimax shortage ratios: Wang, Fang and Hipel (2007),
doi:10.1061/(ASCE)0733-9496(2007)133:1(50).

1. No senior user is short while a junior one takes water that could reach him: with everybody of higher and equal rank
   served as planned, no cut of juniors lowers his shortage.
2. Inside a rank no shortage ratio can fall without one that is as large or larger rising.
"""

import dataclasses

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gallery import Case, case, in_order, least, make, pipe, river_to_sea
from optimise.random_networks import random_cases
from optimise.random_rivers import random_rivers
from optimise.textbook import RANKS, Textbook, could_be_fairer, could_be_helped_by_juniors
from waterbalance.optimise.solve import solve

PHYSICAL = (least("below_dead_storage"), least("shortfall"))
IN_ORDER = in_order(*PHYSICAL, *(least("shortage", rank) for rank in RANKS), least("spill"))
FAIR = in_order(*PHYSICAL, *(least("shortage", rank, equity=True) for rank in RANKS), least("spill"))


def judged(made: Case) -> Textbook:
    return Textbook(made, solve(made.network, made.state, made.forecasts, made.policy))


def drawn(strategy: st.SearchStrategy[Case], count: int) -> list[Case]:
    """The same cases every time, without shrinking."""
    found: list[Case] = []

    @settings(max_examples=count, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(strategy)
    def draw(made: Case) -> None:
        found.append(made)

    draw()
    return found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_rivers(IN_ORDER))
def test_no_senior_is_short_while_a_junior_takes_on_rivers(made: Case) -> None:
    assert could_be_helped_by_juniors(judged(made)) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_cases(IN_ORDER))
def test_no_senior_is_short_while_a_junior_takes_on_cascades(made: Case) -> None:
    assert could_be_helped_by_juniors(judged(made)) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_rivers(FAIR))
def test_no_ratio_can_fall_without_a_larger_one_rising_on_rivers(made: Case) -> None:
    assert could_be_fairer(judged(made), FAIR.equity_tolerance) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_cases(FAIR))
def test_no_ratio_can_fall_without_a_larger_one_rising_on_cascades(made: Case) -> None:
    assert could_be_fairer(judged(made), FAIR.equity_tolerance) == []


def one_narrow_pipe() -> Case:
    """Three works ask for 100 each of a source of 100; the first has a pipe for 10. By hand: 0.9, 0.55 and 0.55."""
    return case(
        make("reclaimed_works", "source", capacity=100),
        pipe("source", "one", capacity=10),
        pipe("source", "two"),
        pipe("source", "three"),
        *(make("industry", name, demand=100) for name in ("one", "two", "three")),
        days=(1,),
        policy=FAIR,
    )


def junior_upstream() -> Case:
    """150 a day come down to fields that ask for 100 and then to a town that asks for 100: the fields leave 100 of it."""
    return case(
        *river_to_sea(inflow=0),
        make("weir", "upper weir", inflow=150),
        make("river_reach", "upper river", source="upper weir", target="weir"),
        pipe("upper weir", "fields"),
        pipe("weir", "town"),
        make("irrigation_zone", "fields", area=1e4, demand=100),
        make("household_supply", "town", demand=100),
        days=(1,),
        policy=IN_ORDER,
    )


def test_levels_by_hand() -> None:
    book = judged(one_narrow_pipe())
    ratios = [book.lack(user, 0) / 100 for user in ("one", "two", "three")]
    assert ratios == pytest.approx([0.9, 0.55, 0.55], abs=FAIR.equity_tolerance / 2)
    assert could_be_fairer(book, FAIR.equity_tolerance) == []


def test_a_junior_upstream_leaves_what_the_senior_needs() -> None:
    book = judged(junior_upstream())
    assert [book.lack(user, 0) for user in ("town", "fields")] == pytest.approx([0, 50], abs=1e-3)
    assert could_be_helped_by_juniors(book) == []


def test_a_filling_that_stops_after_its_first_level_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waterbalance.optimise.equity.MOST_FILLINGS", 1)
    assert could_be_fairer(judged(one_narrow_pipe()), FAIR.equity_tolerance)
    assert any(could_be_fairer(judged(made), FAIR.equity_tolerance) for made in drawn(random_rivers(FAIR), 12))


def test_shortages_that_nobody_shares_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waterbalance.optimise.rank.shares_of", lambda *_: None)
    assert sum(bool(could_be_fairer(judged(made), FAIR.equity_tolerance)) for made in drawn(random_rivers(FAIR), 8)) >= 3


def test_goals_that_are_not_frozen_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waterbalance.optimise.rank.freeze", lambda *_: None)
    assert could_be_helped_by_juniors(judged(junior_upstream()))
    assert all(could_be_helped_by_juniors(judged(made)) for made in drawn(random_rivers(IN_ORDER), 4))


def test_ranks_in_another_order_are_noticed() -> None:
    """The plan follows the reverse order; the book still asks for the right one."""
    turned = in_order(*PHYSICAL, *(least("shortage", rank) for rank in reversed(RANKS)), least("spill"))
    assert could_be_helped_by_juniors(judged(dataclasses.replace(junior_upstream(), policy=turned)))
    assert any(could_be_helped_by_juniors(judged(made)) for made in drawn(random_rivers(turned), 6))
