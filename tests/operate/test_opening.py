"""With what a night begins: warm, backup warm, cold; observed stocks before expected ones."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from waterbalance.forecast.readings import Reading
from waterbalance.network.state import Past, State
from waterbalance.operate.opening import Expected, StateSettings, open_day
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


def test_what_nobody_asks_for_is_named() -> None:
    assert unheard(TUTORIAL, [LAKE, ("lake", "colour")]) == (("lake", "colour"),)
