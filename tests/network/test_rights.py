"""Rules about rights beyond their examples: lifelines, decisions against enumeration, passes that end."""

import datetime as dt
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gallery import GALLERY
from gallery.building import START, canal, case, in_order, least, make, pipe, zone
from network.example import Example
from network.examples import EXAMPLES
from waterbalance.errors import InputError
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.rules.emergency_transfer import FREE_PASSES, EmergencyTransfer
from waterbalance.network.topology import check_network
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import Book, audit
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import drought_practice

SEASON = {"in_service_from": START, "in_service_until": dt.date(2021, 3, 12)}


def changed(example: Example, kind: str, **changes: object) -> Example:
    """An example with some fields of one type changed."""
    components = tuple(
        type(each).model_validate({**each.model_dump(), **changes}) if each.type_name() == kind else each
        for each in example.components
    )
    return replace(example, components=components)


def hospital(*, wells: bool = False) -> tuple[Component, ...]:
    """A river, a canal to a hospital, and perhaps wells of its own."""
    own = (make("well_field", "wells", capacity=10), pipe("wells", "hospital")) if wells else ()
    return (
        make("weir", "weir", inflow=100),
        make("river_reach", "river", source="weir", target="sea"),
        make("outfall", "sea"),
        make("canal", "canal", source="weir", target="works", capacity=100),
        make("junction", "works"),
        pipe("works", "hospital"),
        make("household_supply", "hospital", demand=5, user_class="lifeline"),
        *own,
    )


CUTTING = {
    "rotation": ("groups", {"groups": {"one": ("canal",)}, "turns": {"one": 3}, "pause": 1, "first_day": START}),
    "agreement": ("transfer", {"transfer": "canal", "natural_flow_of": ("weir",), "reserved_flow": 10}),
    "emergency_transfer": ("link", {"link": "canal", "announced": 1}),
}


@pytest.mark.parametrize(("kind", "field", "fields"), [(kind, *each) for kind, each in CUTTING.items()])
def test_no_rule_cuts_the_only_link_to_a_lifeline(kind: str, field: str, fields: dict[str, object]) -> None:
    rule = make(kind, "rule", **fields)
    findings = [finding for finding in check_network(Network.of((*hospital(), rule))) if "lifeline" in finding.what]
    assert [(finding.what, finding.where.component) for finding in findings] == [(f"{field} cuts a lifeline", "rule")]
    assert "'canal', without which 0 m3/day can reach 'hospital' instead of 5 m3/day" in str(findings[0])
    assert [str(each) for each in check_network(Network.of((*hospital(wells=True), rule)))] == []


@pytest.mark.parametrize("user_class", ["lifeline", "domestic"])
def test_no_rule_curve_cuts_a_lifeline(user_class: str) -> None:
    components = (
        make("reservoir", "lake", capacity=100),
        pipe("lake", "hospital"),
        make("household_supply", "hospital", demand=5, user_class=user_class),
        make(
            "rule_curve",
            "hedging",
            reservoirs=("lake",),
            users=("hospital",),
            lower_curve=50,
            below_lower={"domestic": 0.9},
            below_severe={"domestic": 0.8},
        ),
    )
    lake = case(*components, days=(1,), stocks={("lake", "storage"): 20})
    told = [finding.what for finding in check_network(lake.network)]
    assert told == (["users cuts a lifeline"] if user_class == "lifeline" else [])
    if user_class == "lifeline":
        with pytest.raises(InputError) as caught:
            solve(lake.network, lake.state, lake.forecasts, lake.policy)
        assert any("users cuts a lifeline" in finding.what for finding in caught.value.findings)


def test_no_block_of_a_lifeline_is_fallowed() -> None:
    example = changed(EXAMPLES["fallowing"], "irrigation_zone", user_class="lifeline")
    assert [finding.what for finding in check_network(example.network)] == ["blocks cuts a lifeline"]


def test_a_zone_and_its_fallowing_name_each_other() -> None:
    example = EXAMPLES["fallowing"]
    alone = (*example.components, pipe("wells", "other"), zone("other", demand=1, fallowing="programme"))
    (finding,) = check_network(Network.of(alone))
    assert finding.what == "fallowing names a rule that does not name this zone"
    assert finding.where.component == "other"
    with pytest.raises(InputError):
        solve(Network.of(alone), example.state, example.forecasts, Policy(goals=(least("shortage"),)))


BLOCKS = {
    "upper": {"zone": "east", "area": 3000, "share": 0.5},
    "lower": {"zone": "east", "area": 1000, "share": 0.2, "still_needed": 0.5},
    "far": {"zone": "west", "area": 2000, "share": 0.6},
}
DAMAGE = Goal(
    name="damage and compensation",
    terms=(Term(measure="shortage", weight=70.0), Term(measure="compensation"), Term(measure="damage")),
)


def programme(decide_by: dt.date, chosen: tuple[int, ...] = (0, 0, 0), inflow: float = 40.0) -> tuple[float, tuple[int, ...]]:
    """Least damage with the blocks as they are chosen (or to be chosen), and which are fallowed."""
    of = case(
        make("reservoir", "lake", capacity=1000, inflow=inflow),
        canal("lake", "east", capacity=90, fill_volume=15),
        canal("lake", "west", capacity=90, fill_volume=25),
        zone("east", demand=60, fallowing="programme"),
        zone("west", demand=30, fallowing="programme"),
        make(
            "fallowing",
            "programme",
            blocks=BLOCKS,
            decide_by=decide_by,
            compensation_per_area=2.0,
            damage_per_area=0.0,
            **SEASON,
        ),
        days=(1, 1, 1),
        stocks={
            ("lake", "storage"): 20,
            ("canal to east", "running"): 0,
            ("canal to west", "running"): 0,
            **{("programme", f"fallowed {name}"): float(on) for name, on in zip(BLOCKS, chosen, strict=True)},
        },
        policy=in_order(DAMAGE),
    )
    plan = solve(of.network, of.state, of.forecasts, of.policy)
    assert [str(finding) for finding in audit(plan, of.network, of.forecasts)] == []
    fallowed = tuple(round(float(plan.values["programme", f"fallowed {name}"][0])) for name in BLOCKS)
    return plan.ranks[0].value, fallowed


@pytest.mark.parametrize("inflow", [10.0, 40.0, 70.0, 100.0])
def test_the_blocks_are_those_of_a_full_enumeration(inflow: float) -> None:
    """Each of the eight choices is fixed in turn, by a state from after the decision; the plan's own choice is the best."""
    late = START - dt.timedelta(days=1)
    by_choice = {chosen: programme(late, chosen, inflow)[0] for chosen in product((0, 1), repeat=3)}
    best = min(by_choice.values())
    found, fallowed = programme(START, inflow=inflow)
    assert found == pytest.approx(best, rel=1e-6)
    assert by_choice[fallowed] == pytest.approx(best, rel=1e-6)
    assert max(by_choice.values()) > best + 100


def test_the_choice_depends_on_the_water() -> None:
    assert {programme(START, inflow=inflow)[1] for inflow in (10.0, 100.0)} != {programme(START, inflow=100.0)[1]}


@pytest.mark.parametrize(("storage", "fallowed"), [(60.0, (0, 1)), (90.0, (0, 0)), (20.0, (1, 1))])
def test_a_preset_gives_up_no_more_blocks_than_shortages_ask_for(storage: float, fallowed: tuple[int, int]) -> None:
    of = GALLERY["fallowing_behind_a_canal"]()
    state = replace(of.state, stocks={**of.state.stocks, ("lake", "storage"): storage})
    plan = solve(of.network, state, of.forecasts, drought_practice())
    assert tuple(round(plan.values["programme", f"fallowed {name}"][0]) for name in ("wide", "narrow")) == fallowed


def test_spared_water_is_no_shortage_of_anybody() -> None:
    """Two zones share a lake in equal ratios of what they still ask for; what one gives up is no shortage.

    120 for 50 and 100: 30 lack, a fifth of each.
    """
    shared = Policy(goals=(least("shortage", "agriculture", equity=True),), smallest_change=False, equity_tolerance=1e-4)

    def shortages(share: float) -> tuple[float, float]:
        blocks = {"all": {"zone": "east", "area": 1000, "share": share}}
        of = case(
            make("reservoir", "lake", capacity=1000),
            canal("lake", "east"),
            canal("lake", "west"),
            zone("east", demand=100, fallowing="programme"),
            zone("west", demand=100),
            make("fallowing", "programme", blocks=blocks, decide_by=dt.date(2021, 3, 1), **SEASON),
            days=(1,),
            stocks={("lake", "storage"): 120, ("programme", "fallowed all"): 1.0},
            policy=shared,
        )
        plan = solve(of.network, of.state, of.forecasts, of.policy)
        east, west = (float(plan.values[name, "shortage"][0]) for name in ("east", "west"))
        return east, west

    assert shortages(0.0) == pytest.approx((40, 40), abs=0.01)
    assert shortages(0.5) == pytest.approx((10, 20), abs=0.01)


def test_after_some_passes_a_closed_transfer_stays_closed() -> None:
    example = EXAMPLES["emergency_transfer"]
    rule = next(each for each in example.components if isinstance(each, EmergencyTransfer))
    closed = replace(example.plan, givens={**example.plan.givens, ("drought wells", "allowed"): np.array([0.0, 0.0])})
    for passes, allowed in ((1, [0, 1]), (FREE_PASSES, [0, 1]), (FREE_PASSES + 1, [0, 0])):
        assert rule.revise(Book(example.network, replace(closed, passes=passes)))["allowed"].tolist() == allowed


def test_the_audit_objects_to_a_transfer_above_the_trigger() -> None:
    of = GALLERY["last_resort"]()
    plan = solve(of.network, of.state, of.forecasts, of.policy)
    lower = {**plan.givens, ("drought wells", "trigger_curve"): np.full(4, 50.0)}
    assert any("wells to zone" in str(finding) for finding in audit(replace(plan, givens=lower), of.network))


@pytest.mark.parametrize(
    ("kind", "key", "free"),
    [
        ("agreement", ("weir to town", "inflow"), (90, 900)),
        ("emergency_transfer", ("wells to zone", "inflow"), (0, 150)),
        ("rotation", ("south canal", "inflow"), (60, 600)),
    ],
)
def test_out_of_service_nothing_is_limited(kind: str, key: tuple[str, str], free: tuple[float, float]) -> None:
    example = changed(EXAMPLES[kind], kind, in_service_from=dt.date(2022, 1, 1))
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []
    assert example.plan.values[key].round(3).tolist() == list(free)


def test_out_of_season_the_agreement_is_silent() -> None:
    summer = {"first_day": "06-01", "last_day": "10-31"}
    example = changed(EXAMPLES["agreement-served_users"], "agreement", season=summer)
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []
    assert example.plan.values["weir to town", "inflow"].round(3).tolist() == [30, 300]
