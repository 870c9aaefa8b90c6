"""Days of 23 and 25 hours: what is told by the day, and what flows by the second."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from gallery import GALLERY
from network.example import IN_ORDER, make, pipe
from waterbalance.forecast.forecast import Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.season import Season
from waterbalance.network.state import Past, State
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.solve import solve
from waterbalance.optimise.step import Before, LinkedColumn, Recent
from waterbalance.plan.audit import audit
from waterbalance.schedule.derive import derive_schedule

DAY = 86_400.0
BERLIN = "Europe/Berlin"
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
HOURS = {SPRING: 23, AUTUMN: 25}


def lots() -> Component:
    return make("well_field", "wells", capacity=1e7)


def days_from(first: dt.date, *lengths: int) -> Horizon:
    edges = [first + dt.timedelta(days=int(days)) for days in np.cumsum([0, *lengths])]
    return Horizon(tuple(edges), BERLIN)


def canal_and_town(**fields: object) -> Network:
    """A canal of 1 m3/s to fields that ask for 2 m3/s, and a town that asks for 1 m3/s."""
    canal = make("canal", "canal", source="wells", target="fields", capacity=DAY, **fields)
    fields_ = make("irrigation_zone", "fields", area=1, demand=2 * DAY)
    town = make("household_supply", "town", demand=DAY)
    return Network.of((lots(), canal, fields_, pipe("wells", "town"), town))


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_a_flow_that_is_always_in_service_runs_every_second_of_the_day(change: dt.date) -> None:
    network, horizon = canal_and_town(), days_from(change - dt.timedelta(days=1), 1, 1, 1)
    plan = solve(network, State(horizon.start), Forecasts(horizon), IN_ORDER)
    volumes = np.array([24, HOURS[change], 24]) * 3600.0
    assert plan.values["canal", "inflow"] == pytest.approx(volumes)
    assert plan.values["town", "consumption"] == pytest.approx(volumes)
    assert plan.values["fields", "shortage"] == pytest.approx(volumes)
    assert audit(plan, network, Forecasts(horizon)) == ()
    (order,) = derive_schedule(plan, network).orders
    assert [setting.setpoint for setting in order.settings] == [1.0, 1.0, 1.0]


def test_an_outage_takes_the_hours_of_its_days() -> None:
    """Of 28 to 30 March, 71 hours, the canal is out on the 29th, 23 hours."""
    outage = {"first_day": SPRING, "last_day": SPRING}
    network, horizon = canal_and_town(outages=(outage,)), days_from(SPRING - dt.timedelta(days=1), 3)
    plan = solve(network, State(horizon.start), Forecasts(horizon), IN_ORDER)
    assert plan.values["canal", "inflow"] == pytest.approx([48 * 3600.0])
    assert audit(plan, network, Forecasts(horizon)) == ()


@pytest.mark.parametrize("key", [("canal", "capacity"), ("town", "demand")])
def test_the_audit_knows_capacities_and_demands_by_itself(key: tuple[str, str]) -> None:
    """A plan made with the share 24 / 23 in service, in the balance of which nothing is wrong."""
    network, horizon = canal_and_town(), days_from(SPRING, 1)
    plan = solve(network, State(horizon.start), Forecasts(horizon), IN_ORDER)
    other = replace(plan, givens={**plan.givens, key: plan.givens[key] * 24 / 23})
    (finding,) = [each for each in audit(other, network, Forecasts(horizon)) if "is not what" in each.what]
    assert (finding.where.component, finding.where.date) == (key[0], str(SPRING))
    assert (finding.found, finding.allowed) == ("86400", "82800")


def test_a_season_counts_the_hours_of_its_days() -> None:
    season = Season(first_day="03-29", last_day="03-29")
    assert season.share(days_from(SPRING - dt.timedelta(days=1), 2, 1)) == pytest.approx([23 / 47, 0])


def test_the_rate_of_the_day_before_is_by_its_hours() -> None:
    """1 m3/s on the day of 23 hours is 82,800 m3, and 86,400 m3/day."""
    link = LinkedColumn(("canal", "linked"), ("canal", "inflow"), Before())
    after = SPRING + dt.timedelta(days=1)
    past = {link.source: (Past(SPRING, after, 82_800.0),)}
    assert history(link, days_from(after, 1, 1), State(after, {}, past)) == pytest.approx([DAY, 0])


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_days_that_have_begun_are_counted_by_the_calendar(change: dt.date) -> None:
    horizon = days_from(change - dt.timedelta(days=2), 1, 1, 1, 1, 1, 1)
    expected = np.tril(np.ones((6, 6))) - np.tril(np.ones((6, 6)), -3)
    assert weights(Recent(3), horizon).toarray().tolist() == expected.tolist()
    before = tuple(Past(day - dt.timedelta(days=1), day, 1.0) for day in horizon.starts[:3])
    link = LinkedColumn(("pump", "linked"), ("pump", "start"), Recent(3))
    later = days_from(horizon.starts[3], 1, 1, 1)
    past = (*before, Past(horizon.starts[2], horizon.starts[3], 1.0))
    assert history(link, later, State(later.start, {}, {link.source: past})).tolist() == [2, 1, 0]


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_turns_follow_the_calendar(change: dt.date) -> None:
    first_day = change - dt.timedelta(days=1)
    turns = {"a": 1.0, "b": 1.0}
    canals = [make("canal", name, source="wells", target="fields", capacity=DAY) for name in turns]
    rule = make("rotation", "turns", groups={name: (name,) for name in turns}, turns=turns, first_day=first_day)
    network = Network.of((lots(), *canals, make("irrigation_zone", "fields", area=1, demand=2 * DAY), rule))
    horizon = days_from(first_day, 1, 1, 1, 1)
    plan = solve(network, State(first_day), Forecasts(horizon), IN_ORDER)
    assert plan.values["a", "inflow"] == pytest.approx([DAY, 0, DAY, 0])
    assert plan.values["b", "inflow"] == pytest.approx([0, HOURS[change] * 3600.0, 0, DAY])
    assert audit(plan, network, Forecasts(horizon)) == ()


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_a_season_of_fallowing_is_paid_once(change: dt.date) -> None:
    season = (change - dt.timedelta(days=1), change + dt.timedelta(days=1))
    zone = make("irrigation_zone", "zone", area=100, demand=10, fallowing="programme")
    blocks = {"block": {"zone": "zone", "area": 100, "share": 1}}
    rule = make(
        "fallowing",
        "programme",
        blocks=blocks,
        decide_by=season[0] - dt.timedelta(days=1),
        compensation_per_area=3,
        in_service_from=season[0],
        in_service_until=season[1],
    )
    network = Network.of((lots(), pipe("wells", "zone"), zone, rule))
    horizon = days_from(season[0], 1, 1, 1)
    opening = State(season[0], {("programme", "fallowed block"): 1.0})
    plan = solve(network, opening, Forecasts(horizon), IN_ORDER)
    fallowed = plan.values["programme", "fallowed block"]
    assert fallowed.tolist() == [1, 1, 1]
    assert plan.values["programme", "compensation"].sum() == pytest.approx(300)
    assert audit(plan, network, Forecasts(horizon)) == ()


def test_a_stage_that_was_announced_lasts_the_hours_of_its_days() -> None:
    after = SPRING + dt.timedelta(days=1)
    rule = make(
        "drought_stage_choice",
        "stages",
        stages=({"name": "blue"}, {"name": "red", "cuts": {"domestic": 0.5}}),
        users=("town",),
        minimum_duration=2,
        announced=({"since": SPRING, "stage": "red"},),
    )
    assert rule.past_flows(after, BERLIN)["announced red"] == (Past(SPRING, after, pytest.approx(23 / 24)),)


ZONES = ("America/New_York", BERLIN, "Australia/Sydney")
CHANGING = [
    (name, zone)
    for name, made in GALLERY.items()
    for zone in ZONES
    if np.ptp(Horizon(made().forecasts.horizon.edges, zone).offsets - made().forecasts.horizon.calendar) > 0
]


@pytest.mark.parametrize(("name", "zone"), CHANGING)
def test_every_gallery_network_has_a_sound_plan_where_summer_time_changes(name: str, zone: str) -> None:
    case = GALLERY[name]()
    forecasts = Forecasts(Horizon(case.forecasts.horizon.edges, zone), case.forecasts.series)
    assert audit(solve(case.network, case.state, forecasts, case.policy), case.network, forecasts) == ()


def test_summer_time_changes_in_many_of_the_gallery() -> None:
    assert len({name for name, _ in CHANGING}) > 20
