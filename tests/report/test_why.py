"""Why somebody is short, in words that a planner can act on: one network of the gallery for each class of reason."""

from types import SimpleNamespace

import pytest

from gallery import GALLERY, Case, canal, case, days_before, in_order, least, make, pipe, zone
from network.examples import EXAMPLES
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.solve import solve
from waterbalance.plan.walk import PIECE
from waterbalance.report.binding import limits
from waterbalance.report.language import Language, Wording
from waterbalance.report.texts.zh_tw_terms import TERMS
from waterbalance.report.why import sentences, why


def said(case: Case, user: str, step: int, language: Language = "en") -> list[str]:
    told = why(case.network, solve(case.network, case.state, case.forecasts, case.policy), user, step)
    assert told is not None
    return sentences(told, case.network, Wording(language))[1:]


MUD = "mud: limited flow is at its most, 30 m³/day, on 12 Mar (1 m³ more: 1.00); the turbidity is 6,000 NTU"
OPEN_LATE = "works to town: inflow can only be 0 on 10 Mar (1 m³ more: 1.00); in service from 12 Mar 2021 on"
ORANGE = "lights: town is cut by 5 m³ on 17 Mar; a cut of 50%: stage orange holds since 16 Mar 2021, when lake held 42 m³"
CLOSED = "canal to large: inflow can only be 0 on 11 Mar (1 m³ more: 1.00)"
CUT = "on 13 Mar (1 m³ more: 1.00); a cut of 80%: stage 2 holds since 13 Mar 2021, when lake held 200 m³, 20 m³ below"


@pytest.mark.parametrize(
    ("name", "user", "step", "sentence"),
    [
        ("canal_with_loss", "zone", 0, "canal to zone: inflow is at its most, 100 m³/day, on 10 Mar (1 m³ more: 0.80)"),
        ("dead_pool", "zone", 2, "lake is at its dead storage of 40 m³ on 12 Mar (1 m³ more: 1.00)"),
        ("river_too_small", "zone", 0, "ecology: minimum is at its limit of 120 m³ on 10 Mar"),
        ("rolling_right", "zone", 2, "right: used in window is at its most, 100 m³, on 13 Mar (1 m³ more: 1.00)"),
        ("unused_right", "zone", 3, "right is used up on 3 Jan (1 m³ more: 1.00)"),
        ("wells_over_new_year", "town", 0, "wells: annual limit leaves 50 m³ and no more on 31 Dec (1 m³ more: 1.00)"),
        ("sinking_plain", "field wells town", 1, "zone: drawn within is at its most, 10,000 m³, on 30 Jun (1 m³ more: 1.00)"),
        ("hedging", "zone", 3, f"curves: zone may have 20 m³ and no more {CUT} severe curve of 220 m³"),
        (
            "lights_one_after_another",
            "town",
            7,
            f"{ORANGE}, 20 m³ below 50% of lower curve + 50% of severe curve of 62 m³",
        ),
        ("ramp", "zone", 0, "slowly: change is at its most, 10 m³/day, on 10 Mar (1 m³ more: 12.00)"),
        (
            "muddy_river",
            "town",
            2,
            "mud: limited flow is at its most, 30 m³/day, on 12 Mar (1 m³ more: 1.00); the turbidity is 6,000 NTU",
        ),
        (
            "new_pipe",
            "town",
            0,
            "works to town: inflow can only be 0 on 10 Mar (1 m³ more: 1.00); in service from 12 Mar 2021 on",
        ),
        (
            "gates_closed_before_an_outage",
            "large",
            1,
            f"{CLOSED}; out of service from 11 Mar 2021 to 11 Mar 2021: the tunnel is inspected",
        ),
        ("one_gate_a_day", "middle", 0, "crew: the number of moves that a crew can make allows nothing else on 10 Mar"),
        ("stopped_the_day_before", "town", 0, "plant: minimum down time allows nothing else on 10 Mar"),
        ("stopped_the_day_before", "town", 0, "plant: running stays off on 10 Mar"),
        ("pumps_that_lift_at_least_forty", "town", 1, "pumps: minimum load would otherwise ask for 40 m³/day on 11 Mar"),
        ("canal_with_filling", "zone", 0, "canal to zone starts on 10 Mar and is filled first"),
        ("fields_first", "town", 1, "met first lets pass only what is left when zone has all it asks for on 11 Mar"),
        (
            "too_late_to_fallow",
            "zone",
            0,
            "programme: fallowed planted stays off 10 Mar to 11 Mar; planted had to be decided by 9 Mar 2021",
        ),
        ("downstream_first", "zone", 1, "town: shortage is kept as the earlier goal, shortage domestic, left it on 11 Mar"),
        ("three_users_sharing", "A", 0, "B takes the same water on 10 Mar"),
        ("equal_percentage_stops_at_the_narrow_pipe", "B", 0, "B: shortage is kept by the sharing within the goal on 10 Mar"),
        (
            "equal_percentage_spares_what_is_under_way",
            "A",
            0,
            "A: arrivals on 10 Mar are the 80 m³ that were under way before the plan (1 m³ more: 1.00)",
        ),
        (
            "a_target_is_good_enough",
            "town",
            0,
            "town may lack 20 m³ on 10 Mar: the goal's target or tolerance leaves that much to later goals",
        ),
        ("slow_drains", "zone", 3, "town has all it asks for, so that no more comes back from it 12 Mar to 24 Mar"),
        ("hedging_by_carry_over_value", "zone", 1, "next season: what is kept is worth more there 11 Mar to 20 Mar"),
    ],
)
def test_a_reason_in_words(name: str, user: str, step: int, sentence: str) -> None:
    assert sentence in said(GALLERY[name](), user, step)


def valley(*more: object, demand: float = 40_000, **fields: object) -> Case:
    """Fields below a lake of 1 Mm3 that gets 20 000 m3 a day, over five days and ten."""
    stocks = {("lake", "storage"): 1e6, **fields.pop("stocks", {})}
    return case(
        make("reservoir", "lake", capacity=2e6, title={"zh-TW": "湖"}),
        canal("lake", "fields"),
        zone("fields", demand=demand),
        *more,
        days=(1, 1, 1, 1, 1, 10),
        stocks=stocks,
        series={("lake", "inflow"): (20_000,) * 5 + (200_000,)},
        policy=in_order(least("shortage"), least("spill")),
        **fields,
    )


STAGES = (
    {"name": "blue"},
    {"name": "yellow", "below": {"lower_curve": 1}, "cuts": {"agriculture": 0.3}},
    {"name": "orange", "below": {"severe_curve": 1}, "cuts": {"agriculture": 0.6}},
)
NOTHING = {("lights", f"announced {name}"): days_before(0) for name in ("yellow", "orange")}


def lights(**fields: object) -> object:
    curves = {"lower_curve": 1.1e6, "severe_curve": 7e5, **fields}
    return make("drought_stage", "lights", reservoirs=("lake",), users=("fields",), stages=STAGES, **curves)


def test_a_stage_is_followed_to_storage_outlook_and_curve() -> None:
    """1 Mm3 and 100 000 of five days are enough on the first day, 980 000 and 100 000 on the second are not."""
    case = valley(lights(outlook=5, inflows=("lake",), lead_time=1), past=NOTHING)
    (sentence,) = said(case, "fields", 2)
    assert sentence == (
        "lights: fields is cut by 12,000 m³ on 12 Mar; a cut of 30%: stage yellow holds since 11 Mar 2021, when lake "
        "held 980,000 m³ and 100,000 m³ were expected, together 20,000 m³ below lower curve of 1.10 Mm³"
    )
    (sentence,) = said(case, "fields", 2, "zh-TW")
    assert sentence == (
        "lights 於 3 月 12 日 減供 fields 1.2 萬噸；減供 30%，2021 年 3 月 11 日 起為「黃燈」階段，"
        "當日 湖 蓄水 98.0 萬噸，加計預期入流 10.0 萬噸，較下限規線 "
        "110 萬噸 低 2.0 萬噸"
    )


def test_a_stage_of_before_the_plan_has_its_day() -> None:
    """Two days before, with a lead of three: in force from the second day. The curve asks for it still."""
    rule = lights(lead_time=3, minimum_duration=30, announced=({"since": "2021-03-08", "stage": "yellow"},))
    past = {("lights", name): values for name, values in rule.past_flows(valley().forecasts.horizon.start).items()}
    (sentence,) = said(valley(rule, past=past), "fields", 1)
    assert sentence == (
        "lights: fields is cut by 12,000 m³ on 11 Mar; a cut of 30%: stage yellow was announced on 8 Mar 2021, before the plan; "
        "on 10 Mar 2021 1.00 Mm³ are stored in lake, 100,000 m³ below lower curve of 1.10 Mm³"
    )


def test_a_stage_or_a_curve_set_by_a_table_says_so() -> None:
    by_stage = valley(lights(lower_curve=5e5, severe_curve=3e5, least_stage=1), past=NOTHING)
    assert said(by_stage, "fields", 0)[0].endswith("a cut of 30%: stage yellow is set by the scenario from 10 Mar 2021")
    fractions = {"below_lower": {"agriculture": 0.6}, "below_severe": {}}
    hedging = make(
        "rule_curve", "hedging", reservoirs=("lake",), lower_curve=3e5, users=("fields",), announced_stage=1, **fractions
    )
    (sentence,) = said(valley(hedging), "fields", 0)
    assert sentence == (
        "hedging: fields may have 24,000 m³ and no more on 10 Mar (1 m³ more: 1.00); a cut of 40%: stage 1 is set "
        "by the scenario from 10 Mar 2021"
    )


def test_a_hedging_cut_goes_on_to_the_storage() -> None:
    """1 Mm3 less 20 000 a day: below 950 000 on the fourth day."""
    hedging = make(
        "rule_curve",
        "hedging",
        reservoirs=("lake",),
        lower_curve=950_000,
        users=("fields",),
        below_lower={"agriculture": 0.6},
        below_severe={},
    )
    (sentence,) = said(valley(hedging), "fields", 3)
    assert sentence == (
        "hedging: fields may have 24,000 m³ and no more on 13 Mar (1 m³ more: 1.00); a cut of 40%: stage 1 holds "
        "since 13 Mar 2021, when lake held 940,000 m³, 10,000 m³ below lower curve of 950,000 m³"
    )


def test_what_must_rest_since_others_run() -> None:
    """Wells of 30 and works of 50 for a demand of 60."""
    both = case(
        make("well_field", "wells", capacity=100),
        pipe("wells", "town", capacity=30),
        make("desalination_plant", "works", capacity=100),
        pipe("works", "town", capacity=50),
        make("household_supply", "town", demand=60),
        make("exclusive_sources", "one main", subjects=("wells to town", "works to town")),
        days=(1,),
        policy=in_order(least("shortage")),
    )
    assert said(both, "town", 0) == [
        "works to town: inflow is at its most, 50 m³/day, on 10 Mar (1 m³ more: 1.00)",
        "one main: running of wells to town stays off on 10 Mar; works to town runs, and at most 1 may at a time",
        "one main: the number that may run together allows nothing else on 10 Mar",
    ]


def test_an_emergency_that_is_none_says_how_far() -> None:
    """The lake stands 50 above the trigger on the first day."""
    case = GALLERY["last_resort"]()
    told = said(case, "zone", 0)
    assert any("drought wells" in each for each in told)
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    assert plan.values["drought wells", "emergency_transfer"][0] == 0


@pytest.mark.parametrize("name", ["boron", "three_waters"])
def test_a_mixture_is_named_with_what_it_may_hold(name: str) -> None:
    case = GALLERY[name]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    rule = next(each for each in case.network if each.type_name() == "blending_limit")
    users = [user for user, quantity in plan.values if quantity == "shortage" and plan.values[user, quantity].max() > 1]
    told = [
        each
        for user in users
        for t in range(len(plan.horizon))
        if plan.values[user, "shortage"][t] > 1
        for each in said(case, user, t)
    ]
    assert any(each.startswith(f"{rule.name}: mixture is at its limit") and "it may hold" in each for each in told), told


@pytest.mark.parametrize("name", ["marginal_damages_are_equalised", "hedging_by_carry_over_value", "stopped_the_day_before"])
def test_what_binds_has_a_worth_of_water(name: str) -> None:
    """Pieces of a curve of damage limit nothing; starts and running are no water."""
    case = GALLERY[name]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    assert plan.ties is not None
    told = limits(SimpleNamespace(plan=plan, policy=case.policy))
    assert not [each for each in told if PIECE.fullmatch(each.quantity) or plan.ties.is_number((each.component, each.quantity))]
    assert "minimum_down_time" not in {each.quantity for each in told}


def test_every_quantity_has_a_word_in_chinese() -> None:
    """Of columns and limits that a reason may name; the names that follow are the scenario's own."""
    networks = [make_case().network for make_case in GALLERY.values()] + [example.network for example in EXAMPLES.values()]
    missing = set()
    for step in map(compile_step, networks):
        linked = {link.column for link in step.links}
        limits = [key for key, kind in zip(step.rows.names, step.rows.kind, strict=True) if kind != 0]
        words = {quantity.partition(" ")[0] for _, quantity in [*limits, *(key for key in step.columns if key not in linked)]}
        missing |= {word for word in words if word not in TERMS and not PIECE.fullmatch(word)}
    assert not missing
