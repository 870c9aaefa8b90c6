"""Members side by side are what each is alone, with tables of its own."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from operate.test_stepwise import FIRST, LAST, SCENARIO, STATE, written
from waterbalance.cli import app
from waterbalance.errors import InputError, NoPlanError, UsageError
from waterbalance.operate.rolling import members as room
from waterbalance.operate.rolling.members import simulate_members
from waterbalance.operate.rolling.members_into import simulate_members_into
from waterbalance.operate.rolling.roll import simulate
from waterbalance.scenario.members import Members, read_members
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario

NAMES = ("dry", "same", "wet", "none", "flood", "thirst")
FACTORS = {
    "season": np.array([0.5, 1.0, 1.3, 0.0, 2.0, 1.0]),
    "town.maximum_flow": np.array([1.0, 1.0, 0.7, 1.4, 1.1, 2.0]),
    "licence.refill": np.array([1.0, 1.0, 0.8, 1.0, 1.2, 1.0]),
}
MEMBERS = Members(NAMES, FACTORS)


def alone(folder: Path, member: int) -> Scenario:
    """The scenario of one member, told by itself."""
    season, town, refill = (float(factors[member]) for factors in FACTORS.values())
    months = [12, 9, 6, 6, 6, 6, 6, 6, 6, 6, 6, 14]
    largest = "{kind: aggregated, function: largest, of: [wanted, recent]}"
    text = SCENARIO.replace("STEP", "").replace(str(months), str([each * season for each in months]))
    text = text.replace(largest, f"{{kind: aggregated, function: product, of: [{town}, {largest}]}}")
    text = text.replace("refill: 600 m3", f"refill: {600 * refill} m3")
    folder.mkdir()
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    (folder / "state.csv").write_text(STATE, encoding="utf-8")
    return read_scenario(folder)


@pytest.mark.parametrize("together", [10**8, 1])
def test_each_member_is_what_it_is_alone(together: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_NUMBERS", together)
    done = dict(simulate_members(written(tmp_path), FIRST, LAST, MEMBERS))
    assert tuple(done) == NAMES
    for member, (name, simulation) in enumerate(done.items()):
        itself = simulate(alone(tmp_path / name, member), FIRST, LAST, myopic=True)
        assert simulation.findings == itself.findings == ()
        assert simulation.days == itself.days
        assert simulation.applied.values.keys() == itself.applied.values.keys()
        for (one, found), (other, wanted) in zip(simulation.reports(), itself.reports(), strict=True):
            assert one == other
            assert found == pytest.approx(wanted, abs=1e-7), (name, one)
    towns = {name: each.applied.values["town", "flow"].sum() for name, each in done.items()}
    assert len(set(np.round(list(towns.values())))) >= 5


def test_the_folder_holds_one_table_and_a_summary_of_each(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    simulate_members_into(tmp_path / "one", scenario, FIRST, LAST, MEMBERS)
    simulate_members_into(tmp_path / "two", scenario, FIRST, LAST, MEMBERS)
    for name in ("members.parquet", "summary.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["members.parquet", "summary.json"]
    table = pd.read_parquet(tmp_path / "one" / "members.parquet")
    assert list(table.columns) == ["member", "step", "step_start", "name", "attribute", "value"]
    assert len(table) == len(NAMES) * 4 * 85
    wet = dict(simulate_members(scenario, FIRST, LAST, MEMBERS))["wet"]
    told = table[(table["member"] == "wet") & (table["name"] == "lake")]["value"].to_numpy()
    assert told == pytest.approx(wet.applied.values["lake", "storage"])
    summary = json.loads((tmp_path / "one" / "summary.json").read_text(encoding="utf-8"))
    assert [each["member"] for each in summary["members"]] == list(NAMES)
    assert summary["members"][2]["storages"][0]["after"] == pytest.approx(told[-1])


def test_without_reported_series_all_quantities_are_written(tmp_path: Path) -> None:
    (tmp_path / "state.csv").write_text(STATE, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(SCENARIO.replace("STEP", "").partition("reported:")[0], encoding="utf-8")
    simulate_members_into(tmp_path / "out", read_scenario(tmp_path), FIRST, LAST, MEMBERS)
    table = pd.read_parquet(tmp_path / "out" / "members.parquet")
    assert list(table.columns) == ["member", "day", "component", "quantity", "value", "unit"]
    assert {"money", "m3"} & set(table["unit"])
    assert set(table["member"]) == set(NAMES)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("seasons", "season"),
        ("town.flow", "town.maximum_flow"),
        ("share", "what a state moves"),
    ],
)
def test_factors_of_what_cannot_have_one(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(simulate_members(written(tmp_path), FIRST, LAST, Members(("a",), {name: np.ones(1)})))
    assert says in str(caught.value)


def test_a_member_without_a_plan_is_named(tmp_path: Path) -> None:
    text = SCENARIO.replace("STEP", "").replace("price: 1 currency/m3", "price: 1 currency/m3, maximum_flow: 90 m3/day")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "state.csv").write_text(STATE, encoding="utf-8")
    members = Members(("good", "flooded"), {"season": np.array([1.0, 20.0])})
    with pytest.raises(NoPlanError, match=r"2021-12-.*flooded"):
        list(simulate_members(read_scenario(tmp_path), FIRST, LAST, members))


def test_what_is_unlimited_has_no_factor(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unlimited"):
        list(simulate_members(written(tmp_path), FIRST, LAST, Members(("a",), {"sea.maximum_flow": np.zeros(1)})))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("member,season\n", "no members"),
        ("season,member\n1,a\n", "names no factors"),
        ("member,season\na,1\na,2\n", "no name of its own"),
        ("member,season\na,-1\n", "no factor of a series"),
        ("member,season\na,1e300\n", "allowed: 0 to 1000"),
        ("member,season\na,nan\n", "text stands"),
        ("member,season\na,inf\n", "text stands"),
        ("member,season\na,1e999\n", "too large"),
        ("member,season\na,\n", "empty"),
        ("member,season,season\na,1,1\n", "names no factors"),
    ],
)
def test_files_of_members_that_are_none(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_members(tmp_path / "members.csv")
    assert says in str(caught.value)


def test_the_command(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "members.csv").write_text("member,season\ndry,0.5\nwet,1.5\n", encoding="utf-8")
    told = ["simulate", str(tmp_path), "--members", str(tmp_path / "members.csv"), "--out", str(tmp_path / "out")]
    assert isinstance(CliRunner().invoke(app, told).exception, UsageError)
    done = CliRunner().invoke(app, [*told, "--myopic"])
    assert done.exit_code == 0, done.output
    assert "2 members" in done.output
    assert (tmp_path / "out" / "members.parquet").is_file()


def test_several_goals_have_no_members(tmp_path: Path) -> None:
    (tmp_path / "state.csv").write_text(STATE, encoding="utf-8")
    text = SCENARIO.replace("STEP", "").replace("smallest_change: false", "smallest_change: true")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="member by member"):
        list(simulate_members(read_scenario(tmp_path), FIRST, dt.date(2021, 12, 1), MEMBERS))
