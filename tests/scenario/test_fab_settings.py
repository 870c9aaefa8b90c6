"""A semiconductor fab in a scenario file: lines by date, towers, and what is wrong told at its line."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from waterbalance.errors import InputError
from waterbalance.forecast.fab_cooling import FabCooling

SCENARIO = """
waterbalance: 1
name: park
time_zone: Asia/Taipei
horizon: {start: 2026-03-02, last_day: 2026-03-03}
policy: {preset: water_act}
components:
  lake: {type: reservoir, capacity: 10 Mm3}
  pipe: {type: pipeline, source: lake, target: fab}
  fab: {type: fab, demand: 1000 m3/day}
state: {file: state.csv}
forecasts:
  fab.demand:
    forecaster: semiconductor_fab
    lines:
      N7: {layers: 100000, use_per_layer: 200 L, recycling: 85 %}
      N2: {layers: {2026-03-01: 0, 2026-03-11: 10000}, use_per_layer: 300 L, recycling: 90 %, ramp_delays: [0 days, 30 days]}
    purification: 75 %
    scrubber: 500 m3/day
"""


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    (folder / "state.csv").write_text("date,lake.storage [Mm3]\n2026-03-02,5\n", encoding="utf-8")
    return folder


def test_by_hand(tmp_path: Path) -> None:
    """N7 takes 100,000 x 0.2 x 15 % / 75 % = 4,000 m3, the scrubbers 500; half of the members have 1,000 layers of N2, too."""
    scenario = wb.read_scenario(written(tmp_path / "park", SCENARIO))
    told = wb.forecast(scenario).series["fab", "demand"].values[0]
    assert told.min() == pytest.approx(4500.0)
    assert told.max() == pytest.approx(4500.0 + 1000 * 0.3 * 0.1 / 0.75)
    assert (told > 4510).mean() == 0.5


def test_towers_follow_the_normals(tmp_path: Path) -> None:
    towers = "    cooling: {base_heat: 10 MW, temperature: [%s], relative_humidity: [%s]}\n"
    march = SCENARIO + towers % (", ".join(["25"] * 12), ", ".join(["75 %"] * 12))
    more = wb.forecast(wb.read_scenario(written(tmp_path / "park", march))).series["fab", "demand"].values[0].min() - 4500.0
    # 10 MW x 1.2 x 24 h at about 1.25 L/kWh, and 6 / 5 of that for six cycles.
    assert more == pytest.approx(12_000 * 24 * 1.25 * 1.2 / 1000, rel=0.05)


@pytest.mark.parametrize(
    ("found", "instead", "words"),
    [
        ("recycling: 85 %", "recycling: 850 %", "recycling"),
        ("recycling: 85 %", "recycling: {2026-01-01: 850 %}", "'2026-01-01' is out of its range"),
        ("layers: 100000", "layers: -1", "a line has layers of zero or more"),
        ("layers: 100000", "layers: many", "'layers' cannot be read; found 'many'"),
        ("layers: 100000", "layers: []", "a line has layers of zero or more"),
        ("layers: 100000", "layers: [1, {2026-01-01: none}]", "'2026-01-01' cannot be read; found 'none'"),
        ("scrubber: 500 m3/day", "cooling: {base_heat: 10 MW}", "the air at the towers is not known"),
        ("2026-03-11: 10000", "2026-02-11: 10000", "do not rise"),
        ("scrubber: 500 m3/day", "scrubber: 500", "has no unit"),
        ("    scrubber", "    snow", "snow"),
    ],
)
def test_mistakes_are_told_at_their_line(tmp_path: Path, found: str, instead: str, words: str) -> None:
    folder = written(tmp_path / "park", SCENARIO.replace(found, instead))
    with pytest.raises(InputError) as caught:
        wb.read_scenario(folder)
    assert any(words in str(each) and "scenario.yaml:" in str(each) for each in caught.value.findings)


def told(tmp_path: Path, text: str, tables: dict[str, str] | None = None) -> np.ndarray:
    """Members of the demand of 2 March 2026, for a park with more tables. [m3]"""
    folder = written(tmp_path / "park", text)
    for name, rows in (tables or {}).items():
        (folder / name).write_text(rows, encoding="utf-8")
    return wb.forecast(wb.read_scenario(folder)).series["fab", "demand"].values[0]


def test_plans_of_all_lines_come_together(tmp_path: Path) -> None:
    """A good and a bad market: 4,000 + 500 + 40 m3, or 2,000 + 500 + 0; never one of each. Delays are dealt beside them."""
    plans = SCENARIO.replace("layers: 100000", "layers: [100000, 50000]")
    plans = plans.replace("layers: {2026-03-01: 0, 2026-03-11: 10000}", "layers: [{2026-03-01: 0, 2026-03-11: 10000}, 0]")
    members = told(tmp_path, plans)
    assert sorted(set(members.round(6))) == pytest.approx([2500.0, 4500.0, 4540.0])
    assert (members < 2600.0).mean() == 0.5


def test_lines_with_different_plans_are_refused(tmp_path: Path) -> None:
    """Three plans of one line and two of the other do not tell what happens together."""
    plans = SCENARIO.replace("layers: 100000", "layers: [100000, 50000, 0]")
    plans = plans.replace("layers: {2026-03-01: 0, 2026-03-11: 10000}", "layers: [0, 10]")
    with pytest.raises(InputError) as caught:
        told(tmp_path, plans)
    assert "the plans of N2 are not those of the fab; found 2 plans; allowed: 1 or 3" in str(caught.value)


def test_minimum_load_and_a_contract_that_grows(tmp_path: Path) -> None:
    """Asked for 4,500 to 4,540 m3: the contract of the day lets 4,000 through, a later one 4,510; a stable fab takes 4,520."""
    later = "    contract: {2026-01-01: 4000 m3/day, 2026-03-02: 4510 m3/day}\n"
    assert sorted(set(told(tmp_path / "a", SCENARIO + later).round(6))) == pytest.approx([4500.0, 4510.0])
    earlier = "    contract: {2026-01-01: 4000 m3/day, 2026-03-03: 4510 m3/day}\n"
    assert set(told(tmp_path / "b", SCENARIO + earlier)) == {4000.0}
    stable = told(tmp_path / "c", SCENARIO + "    minimum_load: 4520 m3/day\n")
    assert sorted(set(stable.round(6))) == pytest.approx([4520.0, 4540.0])


def test_recycling_by_date_and_reuse(tmp_path: Path) -> None:
    """90 % of N7 is recycled from 1 March on: 2,000 / 75 % and 500, less a tenth of the 2,000 discharged."""
    better = SCENARIO.replace("recycling: 85 %", "recycling: {2026-01-01: 85 %, 2026-03-01: 90 %}") + "    reuse: 10 %\n"
    assert told(tmp_path, better).min() == pytest.approx(2000 / 0.75 + 500 - 200)


def test_the_meters_of_the_fab(tmp_path: Path) -> None:
    """Two hundred days, each a tenth above the 4,500 m3 of the structure, some noise: the forecast goes on there."""
    text = SCENARIO + "    history: {file: meters.csv}\n"
    text = text.replace("2026-03-01: 0, 2026-03-11: 10000", "2026-03-02: 0, 2026-03-11: 0")
    days = [dt.date(2025, 8, 14) + dt.timedelta(days=day) for day in range(200)]
    noise = np.exp(0.02 * np.random.default_rng(3).standard_normal(200))
    rows = [f"{day},{4950.0 * each:.1f}" for day, each in zip(days, noise, strict=True)]
    members = told(tmp_path, text, {"meters.csv": "\n".join(["date,fab.demand [m3/day]", *rows])})
    assert np.median(members) == pytest.approx(4950.0, rel=0.01)
    assert np.log(members).std() == pytest.approx(0.02, rel=0.3)


def test_past_air_becomes_members(tmp_path: Path) -> None:
    """Three years of the air at the towers, cool, mild and hot: the tower is told three times, and the hot year asks most."""
    text = SCENARIO + "    cooling: {base_heat: 10 MW, air_flow: 300}\n    weather: {file: air.csv}\n"
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=day) for day in range(3 * 365)]
    rows = [f"{day},{15 + 5 * (day.year - 2023)},75" for day in days]
    header = "date,weather.temperature [degC],weather.relative_humidity [%]"
    members = told(tmp_path, text, {"air.csv": "\n".join([header, *rows])})
    towers = np.unique((members - 4500.0).round(3))
    by_hand = [
        float(FabCooling(10_000.0, air_flow=300.0).make_up(np.array(degrees), np.array(0.75), np.array(0.0)))
        for degrees in (15.0, 20.0, 25.0)
    ]
    assert len(towers) == 6  # three airs, with and without the line that starts up
    assert towers.min() == pytest.approx(min(by_hand), rel=1e-4)
    assert towers.max() == pytest.approx(max(by_hand) + 40.0, rel=1e-4)


def test_air_in_kelvin_is_refused(tmp_path: Path) -> None:
    text = SCENARIO + "    cooling: {base_heat: 10 MW}\n    weather: {file: air.csv}\n"
    with pytest.raises(InputError) as caught:
        told(tmp_path, text, {"air.csv": "date,weather.temperature [K],weather.relative_humidity [%]\n2025-01-01,290,75\n"})
    assert "air.csv:1" in str(caught.value)
    assert "degC" in str(caught.value)


def test_tanks_on_site_bridge_an_outage(tmp_path: Path) -> None:
    """The pipe is closed for the one day: of its 4,500 m3 the tanks give 3,000."""
    text = SCENARIO.replace("2026-03-01: 0, 2026-03-11: 10000", "2026-03-02: 0, 2026-03-11: 0")
    closed = "target: fab, outages: [{first_day: 2026-03-02, last_day: 2026-03-02, reason: repair}]}"
    text = text.replace("target: fab}", closed)
    for number, (tanks, lacks) in enumerate({"": 4500.0, ", on_site_storage: 3000 m3": 1500.0}.items()):
        folder = written(tmp_path / str(number), text.replace("demand: 1000 m3/day", f"demand: 1000 m3/day{tanks}"))
        if tanks:
            state = "date,lake.storage [Mm3],fab.storage [m3]\n2026-03-02,5,3000\n"
            (folder / "state.csv").write_text(state, encoding="utf-8")
        planned = wb.plan_scenario(wb.read_scenario(folder))
        assert planned.findings == ()
        assert planned.plan.values["fab", "shortage"][0] == pytest.approx(lacks)
