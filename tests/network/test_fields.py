"""What a scenario may write in the fields of components and rules, and what is refused with a reason."""

import pytest
from pydantic import ValidationError

from network.example import make
from waterbalance.network.components.fab import Fab
from waterbalance.network.components.pipeline import Pipeline
from waterbalance.network.rules.rule_curve import RuleCurve
from waterbalance.network.rules.turbidity_limit import TurbidityLimit
from waterbalance.network.rules.water_right import WaterRight


def refused(kind: str, **fields: object) -> str:
    with pytest.raises(ValidationError) as refusal:
        make(kind, "it", **fields)
    return str(refusal.value)


def test_quantities_are_read_with_their_units() -> None:
    pipe = Pipeline(name="it", source="west", target="east", capacity="12 m3/s", leakage="15 %")
    assert (pipe.capacity, pipe.leakage) == (12 * 86_400, 0.15)
    assert Fab(name="it", demand="1.5 萬噸/日", on_site_storage="3 萬噸").on_site_storage == 30_000


def test_a_file_may_not_leave_a_unit_out() -> None:
    with pytest.raises(ValidationError, match="has no unit"):
        Pipeline.model_validate({"name": "it", "source": "a", "target": "b", "capacity": 12}, context={"from_file": True})


def test_a_canal_that_fills_needs_a_capacity() -> None:
    assert "needs a capacity" in refused("canal", source="a", target="b", fill_volume=30)


def test_only_a_two_way_pipe_has_a_reverse_capacity() -> None:
    assert "not two_way" in refused("pipeline", source="a", target="b", reverse_capacity=30)


def test_a_two_way_pipe_takes_and_brings_at_both_ends() -> None:
    one_way = Pipeline(name="it", source="a", target="b")
    both_ways = Pipeline(name="it", source="a", target="b", two_way=True)
    assert list(one_way.neighbours()) == [("source", "upstream", "a"), ("target", "downstream", "b")]
    assert set(both_ways.neighbours()) - set(one_way.neighbours()) == {
        ("target", "upstream", "b"),
        ("source", "downstream", "a"),
    }


@pytest.mark.parametrize(
    ("kind", "user_class"),
    [("household_supply", "domestic"), ("industry", "industry"), ("fab", "industry"), ("irrigation_zone", "agriculture")],
)
def test_users_have_their_class(kind: str, user_class: str) -> None:
    area = {"area": 1.0} if kind == "irrigation_zone" else {}
    assert make(kind, "it", **area).user_class_name == user_class
    assert make(kind, "it", user_class="lifeline", **area).user_class_name == "lifeline"
    assert "Input should be" in refused(kind, user_class="golfers", **area)


@pytest.mark.parametrize(
    ("written", "window"), [("year", "year"), ("season", "season"), ("month", "month"), ("36 h", 1.5), ("30 days", 30), (7, 7)]
)
def test_a_window_is_a_word_or_a_time(written: object, window: object) -> None:
    right = WaterRight(name="it", subjects=("a",), volume=1, window=written)
    assert right.window == window


def test_a_window_of_nothing_is_refused() -> None:
    assert "counts nothing" in refused("water_right", subjects=("a",), volume=1, window=0)
    assert "window" in refused("water_right", subjects=("a",), volume=1, window="fortnight")
    assert "window" in refused("water_right", subjects=("a",), volume=1, window=[30])


def test_only_the_kind_of_window_that_is_meant_complains() -> None:
    season = {"first_day": "02-29", "last_day": "05-31"}
    assert "1 validation error" in refused("water_right", subjects=("a",), volume=1, window=season)


@pytest.mark.parametrize("day", ["02-29", "13-01", "1 November", "2021-11-01", ""])
def test_a_season_begins_on_a_day_of_every_year(day: str) -> None:
    season = {"first_day": day, "last_day": "05-31"}
    assert "no day of every year" in refused("water_right", subjects=("a",), volume=1, window=season)


@pytest.mark.parametrize("fields", [{"volume": None}, {"window": 30}])
def test_only_what_is_left_of_a_period_is_carried_over(fields: dict[str, object]) -> None:
    assert "carry_over needs" in refused("water_right", **{"subjects": ("a",), "volume": 1, "carry_over": 0.5, **fields})


@pytest.mark.parametrize("fields", [{"share": 0.5}, {"natural_flow_of": ("weir",)}])
def test_a_share_is_a_share_of_a_natural_flow(fields: dict[str, object]) -> None:
    assert "belong together" in refused("minimum_flow", subject="river", minimum=1, **fields)


def test_a_minimum_flow_requires_something() -> None:
    assert "needs a minimum" in refused("minimum_flow", subject="river", most=1)
    twice = {"share": 0.5, "natural_flow_of": ("weir", "weir")}
    assert "once" in refused("minimum_flow", subject="river", **twice)


def turns(**fields: object) -> dict[str, object]:
    return {"groups": {"a": ("one",), "b": ("two",)}, "turns": {"a": 3, "b": 4}, "first_day": "2021-03-10", **fields}


def test_every_group_of_a_rotation_has_a_turn() -> None:
    assert "at least one group" in refused("rotation", **turns(groups={}))
    assert "at least one canal" in refused("rotation", **turns(groups={"a": (), "b": ("two",)}))
    assert "turns needs a length" in refused("rotation", **turns(turns={"a": 3}))
    assert "turns needs a length" in refused("rotation", **turns(turns={"a": 3, "b": 0}))
    assert "a canal twice" in refused("rotation", **turns(groups={"a": ("one",), "b": ("one",)}))
    assert [name for _, _, name in make("rotation", "it", **turns()).neighbours()] == ["one", "two"]


def test_an_agreement_is_about_a_flow_and_somebody() -> None:
    agreement = {"transfer": "pipe", "natural_flow_of": ("weir",), "reserved_flow": 1}
    assert "at least one weir" in refused("agreement", **{**agreement, "natural_flow_of": ()})
    assert "each of its names once" in refused("agreement", **{**agreement, "first_users": ("a", "a")})
    assert "needs a reserved_flow" in refused("agreement", transfer="pipe", natural_flow_of=("weir",))


def test_an_emergency_is_found_somehow() -> None:
    assert "belong together" in refused("emergency_transfer", link="pipe", reservoirs=("lake",))
    assert "belong together" in refused("emergency_transfer", link="pipe", trigger_curve=1)
    assert "an emergency needs" in refused("emergency_transfer", link="pipe")
    assert "once" in refused("emergency_transfer", link="pipe", reservoirs=("lake", "lake"), trigger_curve=1)


def test_blocks_fit_into_their_zones_and_season() -> None:
    block = {"zone": "zone", "area": 1, "share": 0.6}
    fields = {"decide_by": "2021-03-01", "in_service_from": "2021-03-01", "in_service_until": "2021-06-30"}
    assert "at least one block" in refused("fallowing", blocks={}, **fields)
    assert "1.2 of its demand" in refused("fallowing", blocks={"a": block, "b": block}, **fields)
    assert "one season" in refused("fallowing", blocks={"a": block}, decide_by="2021-03-01")
    assert "one season" in refused("fallowing", blocks={"a": block}, **{**fields, "in_service_until": "2021-02-01"})


@pytest.mark.parametrize("subjects", [(), ("a", "a")])
def test_a_right_is_shared_by_somebody(subjects: tuple[str, ...]) -> None:
    assert "at least one subject" in refused("water_right", subjects=subjects)


def curve(**fields: object) -> dict[str, object]:
    return {
        "reservoirs": ("lake",),
        "users": ("zone",),
        "lower_curve": 250,
        "below_lower": {"agriculture": 0.5},
        "below_severe": {"agriculture": 0.2},
        **fields,
    }


def test_a_later_stage_gives_no_more() -> None:
    assert "more than below_lower" in refused("rule_curve", **curve(below_severe={"agriculture": 0.6}))
    # A class that only the second stage leaves out keeps its share; one that only the first leaves out has all until then.
    rule = RuleCurve(name="it", **curve(below_severe={"domestic": 0.9}))
    assert [rule._fraction("agriculture", stage) for stage in range(3)] == [1, 0.5, 0.5]
    assert [rule._fraction("domestic", stage) for stage in range(3)] == [1, 1, 0.9]
    assert [rule._fraction(None, stage) for stage in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("field", ["reservoirs", "users"])
def test_a_rule_curve_needs_names(field: str) -> None:
    assert "at least one name" in refused("rule_curve", **curve(**{field: ()}))
    assert "each of them once" in refused("rule_curve", **curve(**{field: ("a", "a")}))


def test_an_unknown_class_or_a_fraction_above_one_is_refused() -> None:
    assert "below_lower" in refused("rule_curve", **curve(below_lower={"golfers": 0.5}))
    assert "below_lower" in refused("rule_curve", **curve(below_lower={"agriculture": 1.5}))


def mud(*stages: tuple[float, float]) -> dict[str, object]:
    return {"subject": "canal", "weir": "weir", "limits": tuple({"above": above, "at_most": most} for above, most in stages)}


def test_turbidity_stages_are_in_order() -> None:
    assert "rising turbidity" in refused("turbidity_limit", **mud((5000, 30), (2000, 20)))
    assert "rising turbidity" in refused("turbidity_limit", **mud((5000, 30), (5000, 20)))
    assert "may allow no more" in refused("turbidity_limit", **mud((2000, 30), (5000, 60)))
    assert "at least one stage" in refused("turbidity_limit", **mud())
    limit = TurbidityLimit(name="it", subject="a", weir="b", limits=({"above": "6000 NTU", "at_most": "0 m3/day"},))
    assert limit.limits[0].above == 6000


def test_rules_name_their_subjects() -> None:
    rule = RuleCurve(name="it", **curve(users=("zone", "town")))
    assert list(rule.neighbours()) == [
        ("reservoirs", "subject", "lake"),
        ("users", "subject", "zone"),
        ("users", "subject", "town"),
    ]
    limit = TurbidityLimit(name="it", **mud((1, 1)))
    assert [name for _, _, name in limit.neighbours()] == ["canal", "weir"]
