"""A fab by its layers, towers and weather, by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.dated_table import DatedTable
from waterbalance.forecast.fab_cooling import FabCooling
from waterbalance.forecast.semiconductor_fab import ProcessLine, SemiconductorFab
from waterbalance.horizon import Horizon
from waterbalance.hydrology.cooling_tower import evaporation_per_heat

NOTHING = pd.Series(dtype=float)
DAY = Horizon((dt.date(2026, 3, 2), dt.date(2026, 3, 3)))
JULY = Horizon((dt.date(2026, 7, 2), dt.date(2026, 7, 3)))
LINE = ProcessLine("N7", 100_000.0, 200.0, 0.85)


def test_process_by_hand() -> None:
    """100,000 layers x 200 L x 15 % = 3,000 m3 of ultrapure water from 4,000 m3 of raw water, and 500 in the scrubbers."""
    fab = SemiconductorFab((LINE,), purification=0.75, scrubber=500.0).fit(NOTHING)
    assert fab.predict(DAY, members=3).values == pytest.approx(np.full((1, 3), 4500.0))


def test_reuse_feeds_utilities_and_no_more() -> None:
    """Half of the 3,000 m3 discharged could go on to the scrubbers, which take 500."""
    fab = SemiconductorFab((LINE,), scrubber=500.0, reuse=0.5).fit(NOTHING)
    assert fab.predict(DAY, members=1).values[0, 0] == pytest.approx(3000.0)
    thirsty = SemiconductorFab((LINE,), scrubber=5000.0, reuse=0.5).fit(NOTHING)
    assert thirsty.predict(DAY, members=1).values[0, 0] == pytest.approx(3000.0 + 5000.0 - 1500.0)


def test_towers_by_hand() -> None:
    """10 MW x 1.2 for a day evaporate e x 288 MWh; with six cycles 6 / 5 of that is made up."""
    cooling = FabCooling(10_000.0, temperature=(25.0,) * 12, relative_humidity=(0.75,) * 12)
    fab = SemiconductorFab((LINE,), cooling=cooling).fit(NOTHING)
    evaporated = 288_000.0 * float(evaporation_per_heat(25.0, 0.75)) / 1000.0
    assert fab.predict(DAY, members=1).values[0, 0] == pytest.approx(3000.0 + 1.2 * evaporated, rel=1e-3)


def test_weather_by_name_and_its_members() -> None:
    """A hot and a cool day ahead, each for half of the members; a column too few or too many is refused."""
    cooling = FabCooling(10_000.0, air_flow=500.0, temperature=(25.0,) * 12, relative_humidity=(0.75,) * 12)
    fab = SemiconductorFab((LINE,), cooling=cooling).fit(NOTHING)
    days = pd.to_datetime(["2026-03-02"])
    hot, cool = (pd.DataFrame({"temperature": [t], "relative_humidity": [0.8]}, index=days) for t in (33.0, 12.0))
    values = fab.predict(DAY, weather=[hot, cool], members=10).values[0]
    assert len(set(values.round(6))) == 2
    assert (values == values.max()).sum() == 5
    with pytest.raises(InputError, match="lacks the column 'relative_humidity'"):
        fab.predict(DAY, weather=hot[["temperature"]])
    with pytest.raises(InputError, match="not asked for; found 'rain'"):
        fab.predict(DAY, weather=hot.assign(rain=1.0))
    with pytest.raises(InputError, match="not asked for"):
        SemiconductorFab((LINE,)).fit(NOTHING).predict(DAY, weather=hot)


def test_past_weather_becomes_members() -> None:
    days = pd.date_range("2020-01-01", "2025-12-31")
    season = np.cos(2.0 * np.pi * (days.day_of_year - 200) / 365.25)
    past = pd.DataFrame({"temperature": 25.0 + 5.0 * season, "relative_humidity": 0.75}, index=days)
    fab = SemiconductorFab((LINE,), cooling=FabCooling(10_000.0, air_flow=500.0)).fit(past)
    winter, summer = fab.predict(DAY).value("median")[0], fab.predict(JULY).value("median")[0]
    assert summer > 1.15 * winter
    assert np.unique(fab.predict(DAY).values).size > 10
    with pytest.raises(InputError, match="the air at the towers is not known"):
        SemiconductorFab((LINE,), cooling=FabCooling(10_000.0)).fit(NOTHING)


def test_ramp_delays_are_dealt_evenly() -> None:
    """A line that starts on 1 March, on time or 30 days late: half of the members have nothing on 2 March."""
    start = DatedTable((dt.date(2026, 2, 28), dt.date(2026, 3, 1)), (0.0, 1000.0))
    line = ProcessLine("N2", start, 200.0, ramp_delays=(0.0, 30.0))
    values = SemiconductorFab((line,)).fit(NOTHING).predict(DAY, members=100).values[0]
    assert sorted(set(values)) == [0.0, 200.0]
    assert (values == 0.0).sum() == 50


def test_meters_teach_what_the_structure_misses() -> None:
    """Meters that show a tenth more than the structure, with noise: told a tenth more, and about as widely."""
    days = pd.date_range("2025-01-01", "2026-03-01")
    noise = 0.03 * np.random.default_rng(8).standard_normal(len(days))
    told = SemiconductorFab((LINE,)).fit(pd.Series(3300.0 * np.exp(noise), index=days)).predict(DAY, members=400).values
    assert np.median(told) == pytest.approx(3300.0, rel=0.01)
    assert np.log(told).std() == pytest.approx(0.03, rel=0.2)


def test_meters_on_a_delayed_ramp_are_held_against_that_ramp() -> None:
    """0 to 20,000 layers of 600 L in 120 days: 100 m3 more a day, 60 days late: 1,000 m3 after 70 days, then 1,100."""
    start = dt.date(2026, 1, 1)
    ramp = DatedTable((start, dt.date(2026, 5, 1)), (0.0, 20_000.0), ramped=True)
    fab = SemiconductorFab((ProcessLine("N2", ramp, 600.0, ramp_delays=(60.0,)),))
    days = pd.date_range(start, periods=71)
    meters = pd.Series(np.maximum(0.0, np.arange(71.0) - 60.0) * 100.0, index=days)
    ahead = Horizon((dt.date(2026, 3, 13), dt.date(2026, 3, 14)))
    assert fab.fit(meters).predict(ahead, members=5).values == pytest.approx(np.full((1, 5), 1100.0))


def test_every_plan_starts_from_the_meters() -> None:
    """10,000 or 20,000 layers as from 1 January, both doubled by 2 March: the meters show 2,000 m3, both go to 4,000."""
    dates = (dt.date(2026, 3, 1), dt.date(2026, 3, 2))
    plans = tuple(DatedTable(dates, (layers, 2.0 * layers)) for layers in (10_000.0, 20_000.0))
    meters = pd.Series(2000.0, index=pd.date_range("2025-12-01", "2026-03-01"))
    told = SemiconductorFab((ProcessLine("N2", plans, 100.0),)).fit(meters).predict(DAY, members=10).values
    assert told == pytest.approx(np.full((1, 10), 4000.0))


def test_a_plan_that_the_meters_contradict_goes_on_from_them() -> None:
    """A ramp from 1,000 to 2,000 m3 on 1 February or 60 days later: the meters still show 1,000 on 1 March.

    In April the late ramp is over: its members double. On 2 March the early ones are where the meters are, too.
    """
    dates = (dt.date(2026, 2, 1), dt.date(2026, 2, 2))
    line = ProcessLine("N2", DatedTable(dates, (10_000.0, 20_000.0)), 100.0, ramp_delays=(0.0, 60.0))
    meters = pd.Series(1000.0, index=pd.date_range("2025-12-01", "2026-03-01"))
    fab = SemiconductorFab((line,)).fit(meters)
    told = fab.predict(DAY, members=200).values[0]
    late = np.isclose(told, 1000.0, rtol=1e-9)
    assert late.sum() == 100
    assert np.median(told[~late]) == pytest.approx(1000.0, rel=0.05)
    april = fab.predict(Horizon((dt.date(2026, 4, 10), dt.date(2026, 4, 11))), members=200).values[0]
    assert april[late] == pytest.approx(2000.0)


def test_minimum_contract_and_standstill() -> None:
    idle = ProcessLine("N7", DatedTable((dt.date(2026, 1, 1), dt.date(2026, 3, 2)), (0.0, 10.0)), 200.0)
    fab = SemiconductorFab((idle,), minimum_load=50.0, contract=60.0).fit(NOTHING)
    before = Horizon((dt.date(2026, 3, 1), dt.date(2026, 3, 2)))
    assert fab.predict(before, members=1).values[0, 0] == 0.0
    assert fab.predict(DAY, members=1).values[0, 0] == 50.0
    with pytest.raises(InputError, match="2026-03-02: the minimum load is above the contract"):
        SemiconductorFab((idle,), minimum_load=50.0, contract=40.0).fit(NOTHING).predict(DAY)


def test_faulty_settings_are_all_named() -> None:
    bad = SemiconductorFab((ProcessLine("N7", -1.0, 200.0, 1.5),), purification=0.0, reuse=2.0, cooling=FabCooling(-5.0))
    with pytest.raises(InputError) as caught:
        bad.fit(pd.DataFrame({"y": [1.0], "snow": [0.0]}, index=pd.to_datetime(["2026-01-01"])))
    found = "\n".join(map(str, caught.value.findings))
    for word in ("layers of N7", "recycling of N7", "purification", "reuse", "base heat", "'snow'", "the air at the towers"):
        assert word in found
