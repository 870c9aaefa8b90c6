"""Numbers that lie far apart: twelve orders of magnitude are solved right, more are refused with the two culprits named."""

import numpy as np
import pytest

from gallery import Case, canal, case, in_order, make, pipe, zone
from waterbalance.errors import InputError
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Term
from waterbalance.policy.presets import drought_practice

DAYS = np.array([1.0, 1.0, 5.0, 10.0])


def village_beside_a_lake(lake: float, rest: float, village: float = 1.0) -> Case:
    """A lake with `rest` above its dead pool, a city behind a pipe of half its demand, and villages of three ranks."""
    return case(
        make("reservoir", "lake", capacity=lake, dead_storage=lake / 20, spill_to="sea"),
        make("outfall", "sea"),
        pipe("lake", "city", capacity=lake / 4000),
        make("household_supply", "city", demand=lake / 2000),
        pipe("lake", "village"),
        make("household_supply", "village", demand=village),
        pipe("lake", "mill"),
        make("industry", "mill", demand=village),
        canal("lake", "fields", conveyance_loss=0.2),
        zone("fields", demand=lake / 2000),
        pipe("lake", "garden"),
        zone("garden", demand=village),
        days=tuple(int(day) for day in DAYS),
        stocks={("lake", "storage"): lake / 20 + rest},
        series={("lake", "inflow"): (0, 0, 0, 0)},
        policy=drought_practice(),
    )


def ratios(made: Case) -> dict[str, np.ndarray]:
    """Shortage over demand of every user over the whole season; the audit has nothing to say."""
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert audit(plan, made.network, made.forecasts) == ()
    users = [component for component, quantity in plan.values if quantity == "shortage"]
    return {user: plan.values[user, "shortage"] / plan.givens[user, "demand"] for user in users}


@pytest.mark.parametrize("lake", [1e6, 1e9, 1e12])
def test_a_village_beside_a_lake_is_served(lake: float) -> None:
    """City: half its demand by its pipe. Fields and garden share what is left: ratio (17 x 5e-4 - 4e-3 x 0.8) / (17 x 5e-4)."""
    demand, days = lake / 2000, DAYS.sum()
    rest = days * lake / 4000 + 0.008 * lake
    found = ratios(village_beside_a_lake(lake, rest))
    # The villages of two ranks take 2 m3 a day, and so does the garden its share of them.
    left = 0.008 * lake - 2 * days
    # With the same ratio r for both: (1 - r) x (demand / 0.8 + 1) x days = left.
    ratio = 1 - left / ((demand / 0.8 + 1) * days)
    assert found["city"] == pytest.approx(np.full(4, 0.5), rel=1e-6)
    assert found["village"] == pytest.approx(np.zeros(4), abs=1e-3)
    assert found["mill"] == pytest.approx(np.zeros(4), abs=1e-3)
    for user in ("fields", "garden"):
        # Equal ratios are equal within the policy's one percent.
        assert found[user] == pytest.approx(np.full(4, ratio), abs=0.01)


@pytest.mark.parametrize("lake", [1e6, 1e12])
def test_a_village_is_short_by_its_own_share(lake: float) -> None:
    """City and village share a lake that has 30 % of what its users of the first rank need and are 70 % short."""
    days = DAYS.sum()
    made = village_beside_a_lake(lake, 0.0)
    pipes = {"lake to city": None}
    wider = [
        each.model_copy(update={"capacity": pipes.get(each.name, 0)}) if each.name in pipes else each for each in made.network
    ]
    demand = lake / 2000 + 1
    state = type(made.state)(made.state.day, {("lake", "storage"): lake / 20 + 0.3 * demand * days}, made.state.past)
    found = ratios(Case(type(made.network).of(wider), state, made.forecasts, made.policy))
    assert found["city"] == pytest.approx(np.full(4, 0.7), abs=0.01)
    assert found["village"] == pytest.approx(np.full(4, 0.7), abs=0.01)
    for user in ("mill", "fields", "garden"):
        assert found[user] == pytest.approx(np.ones(4), abs=0.01)


def test_a_small_canal_with_a_switch_beside_a_huge_lake_runs() -> None:
    """It takes 0.5 to fill and then brings 1 a day."""
    made = case(
        make("reservoir", "lake", capacity=1e12),
        canal("lake", "garden", capacity=1.5, fill_volume=0.5),
        zone("garden", demand=1),
        pipe("lake", "city", capacity=1e8),
        make("household_supply", "city", demand=2e8),
        days=(1, 1),
        stocks={("lake", "storage"): 5e11, ("canal to garden", "running"): 0},
        series={("lake", "inflow"): (0, 0)},
        policy=drought_practice(),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    # A goal that is held may move by a billionth of the volume scale, here a litre.
    assert plan.values["garden", "consumption"] == pytest.approx([1, 1], abs=2e-3)
    assert plan.values["canal to garden", "inflow"][0] == pytest.approx(1.5, abs=2e-3)


def test_beyond_twelve_orders_the_two_culprits_are_named() -> None:
    made = village_beside_a_lake(4e16, 0.0, village=1e-5)
    with pytest.raises(InputError, match="too far apart") as caught:
        solve(made.network, made.state, made.forecasts, made.policy)
    assert [each.where.component for each in caught.value.findings] == ["village", "lake"]
    assert ["1e-05" in str(caught.value.findings[0]), "4e+16" in str(caught.value.findings[1])] == [True, True]


def test_a_note_names_what_lies_far_apart() -> None:
    far, near = village_beside_a_lake(1e11, 1e9), village_beside_a_lake(1e8, 1e6)
    noted = [solve(made.network, made.state, made.forecasts, made.policy) for made in (far, near)]
    (note,) = noted[0].notes
    assert "village.demand 1 beside lake.capacity 1e+11" in note
    assert noted[1].notes == ()


def test_the_ranges_before_and_after_scaling() -> None:
    made = case(
        make("reservoir", "lake", capacity=4e6),
        canal("lake", "garden", capacity=1e6, conveyance_loss=0.75),
        zone("garden", demand=1e6),
        days=(1, 2),
        stocks={("lake", "storage"): 1e6},
        policy=drought_practice(),
    )
    numbers = solve(made.network, made.state, made.forecasts, made.policy).numbers
    assert numbers is not None
    assert (numbers.before.entries.least, numbers.before.entries.most) == (0.25, 1.0)
    assert (numbers.after.entries.least, numbers.after.entries.most) == (0.25, 1.0)
    assert (numbers.before.bounds.least, numbers.before.bounds.most) == (1e6, 4e6)
    assert numbers.after.bounds.most == pytest.approx(4e6 / numbers.scale)
    assert numbers.after.bounds.least < 1 < numbers.after.bounds.most
    assert numbers.spread == pytest.approx(4)


@pytest.mark.parametrize("unit", [1.0, 1e4, 1e8, 1e10])
def test_starts_and_days_do_not_drown_in_large_volumes(unit: float) -> None:
    """Whatever the unit of volumes: to run through a day without demand costs 0.5 x 50 and is cheaper than a start for 100.

    60 + 80 are asked for with a pause between. One start, 0.5 x (60 + 50 + 80), and no shortage: 195 units of money. A start
    is no volume; scaled like one it could be a part of a start.
    """
    made = case(
        make(
            "desalination_plant",
            "plant",
            capacity=100 * unit,
            minimum_load=0.5,
            minimum_up_time=2,
            start_up_cost=100 * unit,
            energy_per_volume=1,
            energy_price=0.5,
        ),
        pipe("plant", "town"),
        make("household_supply", "town"),
        days=(1, 1, 1),
        stocks={("plant", "running"): 0.0},
        series={("town", "demand"): (60 * unit, 0, 80 * unit)},
        policy=in_order(
            Goal(
                name="cost",
                terms=(Term(measure="shortage", weight=3.0), Term(measure="energy_cost"), Term(measure="start_up_cost")),
            )
        ),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert audit(plan, made.network, made.forecasts) == ()
    assert plan.ranks[0].value / unit == pytest.approx(195, rel=1e-6)
    assert (plan.units["plant", "start"], plan.notes) == ("1", ())
