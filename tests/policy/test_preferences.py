"""Prices, targets and ways of sharing: what is refused and why, and what differs between them."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from gallery import GALLERY, canal, case, in_order, least, make, pipe, zone
from waterbalance.errors import InputError
from waterbalance.network.network import Network
from waterbalance.optimise.solve import RESTLESS, solve
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import economic
from waterbalance.scenario.read import read_scenario
from waterbalance.solver.highs import WarmSolver
from written_scenario import write_scenario


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([(0, 5), (0.5, 3)], "falling value"),
        ([(0, 5), (0.5, 5)], "more than that of the one before"),
        ([(0.1, 5)], "must begin at 0 %"),
        ([(0, 1), (0.5, 2), (0.5, 3)], "in order"),
        ([(0, 1), (1.0, 2)], "below 100 %"),
        ([(0, -1)], "none negative"),
    ],
)
def test_a_damage_that_does_not_rise_is_refused(parts: list[tuple[float, float]], why: str) -> None:
    table = tuple({"beyond": beyond, "value": value} for beyond, value in parts)
    with pytest.raises(ValidationError, match=why):
        zone(demand=10, marginal_damage=table)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([(0, 1), (50, 2)], "rising value"),
        ([(10, 2)], "begin at 0"),
        ([(0, 2), (50, -1)], "none negative"),
    ],
)
def test_a_worth_that_does_not_fall_is_refused(parts: list[tuple[float, float]], why: str) -> None:
    table = tuple({"above": above, "value": value} for above, value in parts)
    with pytest.raises(ValidationError, match=why):
        make("storage_value", "worth", storages=("lake",), marginal_value=table)


@pytest.mark.parametrize("stored", [0, 10, 29.5, 30, 45, 60, 61, 99, 100])
@pytest.mark.parametrize("counted", ["every step", "last step", "never", "unwanted"])
def test_the_worth_of_storage_is_the_integral_of_its_values(stored: float, counted: str) -> None:
    """From an empty to a full lake, on every evening, whatever a goal makes of it: rectangles of a thousandth added up."""
    prices = {0: 6.0, 30: 3.0, 60: 1.0}
    table = tuple({"above": above, "value": value} for above, value in prices.items())
    term = Term(measure="storage_value", at="last step" if counted == "last step" else "every step")
    sense = "minimise" if counted == "unwanted" else "maximise"
    goals = () if counted == "never" else (Goal(name="worth", sense=sense, terms=(term,)),)
    made = case(
        make("reservoir", "lake", capacity=100),
        make("storage_value", "worth", storages=("lake",), marginal_value=table),
        days=(1, 10),
        stocks={("lake", "storage"): stored},
        policy=in_order(least("spill"), *goals),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    middles = np.arange(0.0005, stored, 0.001)
    by_hand = 0.001 * sum(prices[max(above for above in prices if above <= middle)] for middle in middles)
    assert plan.values["lake", "storage"] == pytest.approx([stored, stored])
    assert plan.values["worth", "storage_value"] == pytest.approx([by_hand, by_hand], abs=1e-3)
    assert sum(plan.values["worth", f"stored_{number}"] for number in (1, 2, 3)) == pytest.approx([stored, stored])
    assert audit(plan, made.network, made.forecasts) == ()


@pytest.mark.parametrize("segments", [1, 2, 5, 10, 40])
def test_the_square_is_told_within_its_bound(segments: int) -> None:
    """Chords lie above the square, by 1 / (4 n^2) at most; the middle of a segment is where that is reached."""
    share = 0.5 / segments
    for deviation in (0.0, share, 0.37, 1.0):
        made = case(
            make("well_field", "wells", capacity=100),
            pipe("wells", "town"),
            make("household_supply", "town", demand=100),
            make("flow_range", "wanted", subject="wells to town", lower=100 * (1 + deviation), scale=100, segments=segments),
            days=(1,),
            policy=in_order(least("shortage"), least("penalty")),
        )
        plan = solve(made.network, made.state, made.forecasts, made.policy)
        told = plan.values["wanted", "penalty"][0]
        assert deviation**2 - 1e-6 <= told <= deviation**2 + 1 / (4 * segments**2) + 1e-6
        if deviation == share:
            assert told - deviation**2 == pytest.approx(1 / (4 * segments**2), abs=1e-6)


def test_a_lower_value_above_the_upper_one_is_still_only_a_wish() -> None:
    made = case(
        make("reservoir", "lake", capacity=100),
        make("target_range", "band", subject="lake", lower=80, upper=60),
        days=(1,),
        stocks={("lake", "storage"): 70},
        policy=in_order(least("below"), least("above"), least("spill")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.values["band", "below"][0] == pytest.approx(10, abs=1e-4)
    assert plan.values["band", "above"][0] == pytest.approx(10, abs=1e-4)


def test_a_range_out_of_service_wants_nothing() -> None:
    made = case(
        make("reservoir", "lake", capacity=100),
        make("target_range", "band", subject="lake", lower=80, scale=10, in_service_until="2021-03-10"),
        days=(1, 1),
        stocks={("lake", "storage"): 70},
        policy=in_order(least("spill"), least("penalty"), least("below")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.values["band", "below"] == pytest.approx([10, 0], abs=1e-4)
    assert plan.values["band", "penalty"] == pytest.approx([1, 0], abs=1e-6)


def test_the_leeway_of_a_goal() -> None:
    best_is_low = Goal(name="a", terms=(Term(measure="spill"),), target=20.0, tolerance=0.1, absolute_tolerance=1.0)
    assert best_is_low.leeway(5.0) == pytest.approx(15 + 2)
    assert best_is_low.leeway(40.0) == pytest.approx(4)
    best_is_high = best_is_low.model_copy(update={"sense": "maximise"})
    assert best_is_high.leeway(50.0) == pytest.approx(30 + 2)
    assert best_is_high.leeway(2.0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"equity": True, "target": 5.0}, "has no target"),
        ({"equity": "equal percentage", "weights": (1.0, 2.0)}, "same weight"),
        ({"equity": "proportional to right", "weights": (1.0, 2.0)}, "same weight"),
        ({"equity": "by lot"}, "equal percentage"),
    ],
)
def test_goals_that_contradict_themselves_are_refused(fields: dict[str, object], why: str) -> None:
    weights = fields.pop("weights", (1.0,))
    with pytest.raises(ValidationError, match=why):
        Goal(name="share", terms=tuple(Term(measure="shortage", weight=weight) for weight in weights), **fields)


def test_a_user_without_a_right_is_named() -> None:
    made = GALLERY["proportional_to_right"]()
    users = [each.model_copy(update={"entitlement": None}) if each.name == "B" else each for each in made.network]
    with pytest.raises(InputError) as caught:
        solve(Network.of(users), made.state, made.forecasts, made.policy)
    assert [(each.where.component, "entitlement" in str(each)) for each in caught.value.findings] == [("B", True)]


def test_more_water_than_rights_goes_on_in_proportion_to_them() -> None:
    """Rights of 100 and 300, 1000 at the head, half of what goes to the first is lost: twice the rights are 200 and 600.

    By the total alone the second zone would have its 800 first.
    """
    made = case(
        make("well_field", "wells", capacity=1000),
        canal("wells", "small", conveyance_loss=0.5),
        canal("wells", "large"),
        zone("small", demand=400, entitlement=100),
        zone("large", demand=800, entitlement=300),
        days=(1,),
        policy=in_order(least("shortage", equity="proportional to right")),
    )
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    used = [float(plan.values[name, "consumption"][0]) for name in ("small", "large")]
    assert used == [pytest.approx(200, abs=2), pytest.approx(600, abs=4)]


def test_equal_percentage_gives_way_where_earlier_goals_forbid_it() -> None:
    """Water under way to A may not spill, so A has 80 % and B 30 %: there is no common percentage, and the plan says so."""
    made = GALLERY["equal_percentage_spares_what_is_under_way"]()
    policy = made.policy.model_copy(update={"goals": (least("spill"), made.policy.goals[0])})
    plan = solve(made.network, made.state, made.forecasts, policy)
    assert plan.values["A", "consumption"][0] == pytest.approx(80, abs=1e-3)
    assert plan.values["B", "consumption"][0] == pytest.approx(30, abs=1e-3)
    assert any("sharing stopped" in note for note in plan.notes)
    assert audit(plan, made.network, made.forecasts) == ()


def test_the_economic_preset_buys_the_cheapest_shortage() -> None:
    """The town's price beats the fields' until 10 % lack; whoever has no price comes after both."""
    made = GALLERY["marginal_damages_are_equalised"]()
    more = [pipe("wells", "mill"), make("industry", "mill", demand=50)]
    network = Network.of([*made.network, *more])
    plan = solve(network, made.state, made.forecasts, economic())
    assert plan.values["town", "shortage"] == pytest.approx([10, 100], abs=0.01)
    assert plan.values["zone", "shortage"] == pytest.approx([90, 900], abs=0.01)
    assert plan.values["mill", "shortage"] == pytest.approx([50, 500], abs=0.01)
    price = next(rank for rank in plan.ranks if rank.name == "least damage and cost").water_value["wells"]
    assert price == pytest.approx([6, 6])


def test_a_last_pass_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = case(
        make("reservoir", "lake", capacity=100),
        canal("lake", "zone"),
        zone(demand=10),
        days=(1, 1),
        stocks={("lake", "storage"): 50},
        policy=Policy(goals=(least("shortage"),)),
    )
    assert solve(made.network, made.state, made.forecasts, made.policy).notes == ()
    added = WarmSolver.add_columns

    def impossible(solver: WarmSolver, count: int, lower: float, upper: float, *, volumes: bool) -> np.ndarray:
        assert (lower, upper) == (0.0, np.inf)
        return added(solver, count, 1.0, 0.0, volumes=volumes)

    monkeypatch.setattr(WarmSolver, "add_columns", impossible)
    plan = solve(made.network, made.state, made.forecasts, made.policy)
    assert plan.notes == (RESTLESS,)
    assert plan.values["zone", "shortage"] == pytest.approx([0, 0], abs=1e-4)
    assert audit(plan, made.network, made.forecasts) == ()


def test_a_missing_right_is_found_in_the_file(tmp_path: Path) -> None:
    goal = Goal(name="by right", terms=(Term(measure="shortage"),), equity="proportional to right")
    components: dict[str, dict[str, object]] = {
        "wells": {"type": "well_field", "capacity": "100 m3/day"},
        "pipe": {"type": "pipeline", "source": "wells", "target": "town"},
        "town": {"type": "household_supply", "demand": "80 m3/day"},
    }
    with pytest.raises(InputError) as caught:
        read_scenario(write_scenario(tmp_path / "without", 2, components, [goal]))
    (finding,) = caught.value.findings
    assert "town" in finding.what
    assert finding.where.file is not None
    components["town"]["entitlement"] = "60 m3/day"
    assert (
        read_scenario(write_scenario(tmp_path / "with", 2, components, [goal])).policy.goals[0].shared == "proportional to right"
    )


def test_the_economic_preset_asks_for_a_price(tmp_path: Path) -> None:
    folder = write_scenario(
        tmp_path / "free", 2, {"town": {"type": "household_supply", "demand": "0 m3/day"}}, [least("shortage")]
    )
    document = json.loads((folder / "scenario.yaml").read_text(encoding="utf-8"))
    document["policy"] = {"preset": "economic"}
    (folder / "scenario.yaml").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scenario(folder)
    assert any("costs nothing" in finding.what for finding in caught.value.findings)
