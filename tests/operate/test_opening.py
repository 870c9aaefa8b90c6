"""With what a night begins: warm, backup warm, cold; observed stocks before expected ones."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from waterbalance.forecast.readings import Reading
from waterbalance.network.network import Network
from waterbalance.network.rules.ramp_limit import RampLimit
from waterbalance.network.state import Past, State
from waterbalance.operate.configuring.state_settings import StateSettings
from waterbalance.operate.observing.opening import Expected, open_day
from waterbalance.scenario.informed import informed, unheard
from waterbalance.scenario.read import read_scenario

TUTORIAL = read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "tutorial")
DAY = dt.date(2026, 3, 3)
LAKE = ("lake", "storage")
NOW = dt.datetime(2026, 3, 3, 2, 30, tzinfo=dt.UTC)
YESTERDAY = Expected(
    State(DAY, {LAKE: 400_000.0}, {("main_canal", "inflow"): (Past(dt.date(2026, 3, 2), DAY, 90_000.0),)}),
    dt.date(2026, 3, 2),
    "r1",
)


def read(date: dt.date, value: float) -> Reading:
    return Reading(*LAKE, date, value, "m3", "gauge", NOW)


def test_an_observation_of_this_midnight_goes_before_what_was_expected() -> None:
    known = informed(TUTORIAL, (read(DAY, 410_000.0),), DAY)
    opening = open_day(known, DAY, YESTERDAY, StateSettings())
    assert opening.start == "warm"
    assert opening.state.stocks == {LAKE: 410_000.0}
    assert opening.state.past == YESTERDAY.state.past
    assert opening.state.assumed == frozenset()
    assert opening.jumps == ()


def test_without_one_the_expected_stock_goes_on_and_is_marked() -> None:
    known = informed(TUTORIAL, (read(DAY - dt.timedelta(days=1), 410_000.0),), DAY)
    opening = open_day(known, DAY, YESTERDAY, StateSettings())
    assert opening.state.stocks == {LAKE: 400_000.0}
    assert opening.state.assumed == {LAKE}


@pytest.mark.parametrize(("value", "jumps"), [(449_000.0, 0), (451_000.0, 1), (349_000.0, 1)])
def test_a_jump_is_told_and_the_observation_used(value: float, jumps: int) -> None:
    opening = open_day(informed(TUTORIAL, (read(DAY, value),), DAY), DAY, YESTERDAY, StateSettings(greatest_jump=0.05))
    assert len(opening.jumps) == jumps
    assert opening.state.stocks == {LAKE: value}


def test_an_older_night_is_a_backup_and_an_oldest_one_none() -> None:
    known = informed(TUTORIAL, (read(DAY, 410_000.0),), DAY)
    older = replace(YESTERDAY, made_on=DAY - dt.timedelta(days=5))
    assert open_day(known, DAY, older, StateSettings()).start == "backup warm"
    oldest = open_day(known, DAY, replace(YESTERDAY, made_on=DAY - dt.timedelta(days=8)), StateSettings())
    assert (oldest.start, oldest.state.stocks, oldest.made_on) == ("cold", {LAKE: 410_000.0}, None)
    assert open_day(known, DAY, None, StateSettings()).start == "cold"


def test_a_stock_that_the_older_plan_did_not_know_is_taken_from_the_files() -> None:
    known = informed(TUTORIAL, (read(DAY - dt.timedelta(days=1), 390_000.0),), DAY)
    opening = open_day(known, DAY, replace(YESTERDAY, state=State(DAY)), StateSettings())
    assert opening.state.stocks == {LAKE: 390_000.0}
    assert any("lake.storage is new" in note for note in opening.notes)


def test_readings_of_the_days_to_come_are_not_known() -> None:
    tomorrow = DAY + dt.timedelta(days=1)
    known = informed(TUTORIAL, (read(DAY, 410_000.0), read(tomorrow, 1.0)), DAY)
    assert max(known.observations[LAKE].dates) <= max(DAY, *TUTORIAL.observations[LAKE].dates)
    assert tomorrow not in known.observations[LAKE].dates


def test_where_readings_continue_a_column_its_ten_day_neighbours_are_told_by_days() -> None:
    """Rain is read every day and evapotranspiration is a table of ten-day means: one frame holds both."""
    kaohsiung = read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung")
    day = dt.date(2021, 2, 4)
    rain = tuple(Reading("station", "rain", dt.date(2021, 2, date), 0.001, "m/day", "gauge", NOW) for date in (1, 2, 3, 4))
    known = informed(kaohsiung, rain, day, {"station": ("caogong_zone.demand",)})
    columns, before = known.forecasts["caogong_zone", "demand"].columns, kaohsiung.forecasts["caogong_zone", "demand"].columns
    fallen, evaporated = columns["weather", "rain"], columns["weather", "evapotranspiration"]
    assert (fallen.dates[-1], fallen.values[-1]) == (dt.date(2021, 2, 3), 0.001)
    assert evaporated.dates[-1] == dt.date(2021, 1, 31)
    table = before["weather", "evapotranspiration"]
    (of_january,) = table.values[[date == dt.date(2021, 1, 11) for date in table.dates]]
    assert [evaporated.values[evaporated.dates.index(dt.date(2021, 1, date))] for date in range(11, 21)] == [of_january] * 10
    unfed = known.forecasts["meinong_zone", "demand"].columns["weather", "rain"]
    assert (len(unfed.dates), unfed.dates[-1]) == (24, dt.date(2021, 1, 21))


def test_what_nobody_asks_for_is_named() -> None:
    assert unheard(TUTORIAL, [LAKE, ("lake", "colour")]) == (("lake", "colour"),)


def test_the_past_that_a_new_rule_asks_for_is_taken_from_the_files() -> None:
    ramp = RampLimit(name="calm", subject="main_canal", rise=10_000.0)
    grown = replace(TUTORIAL, network=Network.of((*TUTORIAL.network, ramp)), under_way={("main_canal", "inflow"): 80_000.0})
    known = informed(grown, (read(DAY, 410_000.0),), DAY)
    opening = open_day(known, DAY, replace(YESTERDAY, state=State(DAY, {LAKE: 400_000.0})), StateSettings())
    assert opening.start == "warm"
    (before,) = opening.state.past["main_canal", "inflow"]
    assert before.volume == pytest.approx(80_000.0)
    assert any("main_canal.inflow is new" in note for note in opening.notes)
