"""Equity inside a rank: equal ratios as far as the network allows, an even spread in time, and its price."""

import numpy as np
import pytest
import scipy.optimize

from gallery import Case, canal, case, in_order, least, make, most, pipe, zone
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Policy
from waterbalance.solver.highs import WarmSolver

FAIR = Policy(goals=(least("shortage", "agriculture", equity=True), least("spill")))
TOLERANCE = FAIR.equity_tolerance


def ratios(plan: Plan, case: Case, users: tuple[str, ...]) -> np.ndarray:
    """Shortage ratio of every user in every ten-day period, shape (users, periods)."""
    periods = np.array(case.forecasts.horizon.periods())
    return np.array(
        [
            [
                plan.values[user, "shortage"][periods == period].sum() / plan.givens[user, "demand"][periods == period].sum()
                for period in np.unique(periods)
            ]
            for user in users
        ]
    )


def one_lake(losses: tuple[float, ...], capacities: tuple[float | None, ...], stored: float, days: tuple[int, ...]) -> Case:
    """Zones on canals of different losses and capacities behind one lake; each asks for 1000 a day."""
    users = tuple(f"zone {number}" for number in range(len(losses)))
    return case(
        make("reservoir", "lake", capacity=1e6),
        *(
            canal("lake", user, conveyance_loss=loss, **({} if most is None else {"capacity": most}))
            for user, loss, most in zip(users, losses, capacities, strict=True)
        ),
        *(zone(user, demand=1000) for user in users),
        days=days,
        stocks={("lake", "storage"): stored},
        policy=FAIR,
    )


def test_all_have_the_same_ratio_where_the_network_allows() -> None:
    """Half of 31 500 asked for at the head: losses differ, shares do not."""
    made = one_lake((0.0, 0.1, 0.4), (None, None, None), 15000, (1,) * 10)
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    found = ratios(plan, made, ("zone 0", "zone 1", "zone 2"))
    assert found.shape == (3, 2)
    assert np.ptp(found, axis=0).max() <= TOLERANCE
    assert 0.1 < found.mean() < 0.9


def test_the_spread_within_a_period_is_even() -> None:
    made = one_lake((0.0, 0.2), (None, None), 11000, (1,) * 10)
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    second_period = np.array(made.forecasts.horizon.periods()) == 1
    assert second_period.sum() == 9
    for user in ("zone 0", "zone 1"):
        by_day = (plan.values[user, "shortage"] / plan.givens[user, "demand"])[second_period]
        assert np.ptp(by_day) <= TOLERANCE


def test_an_even_spread_is_not_given_up_for_a_later_goal() -> None:
    """Water kept as long as possible would leave the fields dry first and serve them in full at the end of the period."""
    made = one_lake((0.0, 0.2), (None, None), 11000, (1,) * 10)
    late = Policy(goals=(least("shortage", "agriculture", equity=True), most("storage")), smallest_change=False)
    plan = solve(made.network, made.state, made.forecasts, late)
    second_period = np.array(made.forecasts.horizon.periods()) == 1
    for user in ("zone 0", "zone 1"):
        by_day = (plan.values[user, "shortage"] / plan.givens[user, "demand"])[second_period]
        assert 0.1 < by_day.mean() < 0.9
        assert np.ptp(by_day) <= TOLERANCE


def test_a_drought_is_spread_over_its_periods() -> None:
    """Two ten-day periods at a quarter are better than one at a half: the damage grows like the square."""
    made = one_lake((0.0,), (None,), 15000, (1,) * 12 + (10,))
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    found = ratios(plan, made, ("zone 0",))[0]
    assert np.ptp(found) <= 1 / 10 + TOLERANCE


def test_nobody_can_be_given_more_without_somebody_who_is_worse_off_losing() -> None:
    """Brute force: the least shortage of every zone while those better off stay so, and the others get no shorter."""
    numbers = np.random.default_rng(4)
    for _ in range(6):
        losses = tuple(numbers.uniform(0, 0.5, 4))
        capacities = tuple(float(most) for most in numbers.uniform(200, 1300, 4))
        made = one_lake(losses, capacities, float(numbers.uniform(8000, 30000)), (10,))
        plan = solve(made.network, made.state, made.forecasts, made.policy)
        users = tuple(f"zone {number}" for number in range(4))
        found = ratios(plan, made, users)[:, 0]
        stored = made.state.stocks["lake", "storage"]
        for number in range(4):
            most = [
                10000 * (1.0 if other == number else max(found[other] + 1e-9, found[number] - 2 * TOLERANCE))
                for other in range(4)
            ]
            # Columns: shortages. Water: sum of (demand - shortage) / (1 - loss) <= stored; capacity limits each.
            least_short = [max(0.0, 10000 - most_in * 10 * (1 - loss)) for most_in, loss in zip(capacities, losses, strict=True)]
            use = 1 / (1 - np.array(losses))
            best = scipy.optimize.linprog(
                np.eye(4)[number],
                A_ub=-use[None, :],
                b_ub=[stored - 10000 * use.sum()],
                bounds=list(zip(least_short, np.maximum(most, least_short), strict=True)),
            )
            assert best.success
            assert best.fun / 10000 >= found[number] - 2 * TOLERANCE, (number, found)


def test_the_price_of_equity_is_reported() -> None:
    """A cubic metre at a canal that loses nothing saves more: sharing costs the difference, and the rank says so."""
    made = one_lake((0.0, 0.5), (None, None), 10000, (10,))
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    rank = plan.ranks[0]
    # Alone: the near zone has all of 10000. Shared: (1 - r) x 10000 x (1 + 2) = 10000, so r = 2/3 for both.
    assert rank.alone == pytest.approx(10000, rel=1e-6)
    assert rank.value == pytest.approx(2 * 10000 * 2 / 3, rel=TOLERANCE)
    free = solve(made.network, made.state, made.forecasts, in_order(least("shortage", "agriculture")))
    assert free.ranks[0].value == pytest.approx(rank.alone)


def test_classes_do_not_share_with_each_other() -> None:
    made = case(
        make("reclaimed_works", "works", capacity=1500),
        *(pipe("works", name) for name in ("town", "east", "west")),
        make("household_supply", "town", demand=1000),
        make("industry", "east", demand=1000),
        make("industry", "west", demand=1000),
        days=(1,),
        policy=Policy(goals=(least("shortage", "domestic", equity=True), least("shortage", "industry", equity=True))),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.values["town", "shortage"][0] == pytest.approx(0, abs=0.01)
    shares = [plan.values[name, "delivery"][0] / 1000 for name in ("east", "west")]
    assert shares == pytest.approx([0.25, 0.25], abs=TOLERANCE)


def test_switches_are_decided_first_and_then_shared() -> None:
    """Both canals are worth filling; what is left is shared evenly."""
    made = case(
        make("reservoir", "lake", capacity=1e6),
        canal("lake", "one", capacity=2000, fill_volume=100),
        canal("lake", "two", capacity=2000, fill_volume=100),
        zone("one", demand=1000),
        zone("two", demand=1000),
        days=(1,),
        stocks={("lake", "storage"): 1800, ("canal to one", "running"): 0, ("canal to two", "running"): 0},
        policy=FAIR,
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    running = [plan.values[f"canal to {name}", "running"][0] for name in ("one", "two")]
    found = ratios(plan, made, ("one", "two"))
    assert running == [1, 1]
    assert np.ptp(found) <= TOLERANCE
    assert found.mean() == pytest.approx(0.2, abs=TOLERANCE)


def test_equal_levels_are_settled_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty canals of half the demand each have the same level of their own: that is one level, not twenty."""
    passes = []
    minimise = WarmSolver.minimise

    def counted(solver: WarmSolver, cost: np.ndarray, **how: object) -> object:
        passes.append(how)
        return minimise(solver, cost, **how)

    monkeypatch.setattr(WarmSolver, "minimise", counted)
    made = one_lake((0.0,) * 20 + (0.5,), (500.0,) * 20 + (900.0,), 200_000, (10,))
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    found = ratios(plan, made, tuple(f"zone {number}" for number in range(21)))[:, 0]
    assert found == pytest.approx([0.5] * 20 + [0.55], abs=TOLERANCE)
    assert len(passes) < 15
