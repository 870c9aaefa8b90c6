"""`waterbalance frontier` as a user types it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from repository import ROOT
from two_lakes import SCRIPT
from waterbalance.policy.goal import Policy
from waterbalance.policy.presets import drought_practice, water_act

Command = Callable[..., Any]
TUTORIAL = ROOT / "scenarios" / "tutorial"


def by_rank(policy: Policy, *names: str) -> list[str]:
    order = [goal.name for goal in policy.goals]
    return [str(order.index(name) + 1) for name in names]


def test_the_tutorial_by_hand(command: Command, tmp_path: Path) -> None:
    """A fifth of what enters the canal is lost, so a cubic metre less for the fields brings 1.25 to the town.

    The storage that should be left for the next season ranks between the two and gives way: 50 000 more can be used.
    """
    said = command("frontier", TUTORIAL, "--goals", "domestic and public", "agriculture", "--out", tmp_path / "out")
    assert said.code == 0
    assert "complete" in said.out
    found = json.loads((tmp_path / "out" / "frontier.json").read_text(encoding="utf-8"))
    assert found["above"] == ["dead storage"]
    assert found["complete"]
    corners = [(each["first"], each["second"]) for each in found["points"]]
    assert corners == [pytest.approx((20_000, 128_000), rel=1e-4), pytest.approx((160_000, 16_000), rel=1e-4)]
    assert found["points"][0]["rate_to_next"] == pytest.approx(-0.8, rel=1e-4)
    assert found["points"][0]["shortage"] == pytest.approx({"domestic": 20_000, "agriculture": 128_000}, rel=1e-4)
    with (tmp_path / "out" / "frontier.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["point"] for row in rows} == {"1", "2"}
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert 'id="figure-trade-off"' in page
    assert "Content-Security-Policy" in page


def test_goals_by_rank_in_chinese_under_another_policy(command: Command, scenario: Path, tmp_path: Path) -> None:
    goals = by_rank(water_act(), "agriculture", "industry")
    words = ("--points", "3", "--policy", "water_act", "--lang", "zh-TW", "--out", tmp_path / "out")
    said = command("frontier", scenario, "--goals", *goals, *words)
    assert said.code == 0
    assert "取捨" in said.out
    assert "農業用水" in said.out
    assert SCRIPT not in (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")


def test_json_alone(command: Command) -> None:
    found = json.loads(
        command("frontier", TUTORIAL, "--goals", *by_rank(drought_practice(), "domestic and public", "agriculture"), "--json").out
    )
    assert found["schema"] == "waterbalance.frontier/1"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--goals", "agriculture", "beauty"), 2, "domestic and public"),
        (("--goals", "agriculture", "agriculture"), 2, "twice"),
        (("--goals", "agriculture", "99"), 2, "99"),
        (("--goals", "agriculture", "domestic and public", "--points", "1"), 2, "two points"),
        (("--goals", "agriculture", "industry"), 2, "nothing in the network"),
        (("--goals", "agriculture"), 2, "--goals"),
        ((), 2, "--goals"),
    ],
)
def test_mistakes(command: Command, words: tuple[str, ...], code: int, told: str) -> None:
    said = command("frontier", TUTORIAL, *words)
    assert said.code == code
    assert told in said.err
    assert "Traceback" not in said.err


def test_goals_are_told_with_their_unit(command: Command, tmp_path: Path) -> None:
    """Shortages are cubic metres; least spill and pumping adds up two measures with weights of its own."""
    goals = by_rank(drought_practice(), "agriculture", "least spill and pumping")
    said = command("frontier", TUTORIAL, "--goals", *goals, "--out", tmp_path / "out")
    assert said.code == 0
    found = json.loads((tmp_path / "out" / "frontier.json").read_text(encoding="utf-8"))
    assert (found["first_unit"], found["second_unit"]) == ("m3", "weighted sum of m3")
    with (tmp_path / "out" / "frontier.csv").open(encoding="utf-8", newline="") as file:
        units = {row["item"]: row["unit"] for row in csv.DictReader(file) if row["table"] == "goal"}
    assert units == {"agriculture": "m3", "least spill and pumping": "weighted sum of m3"}
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert "agriculture: shortage [m³]" in page
    assert "least spill and pumping (weighted sum of spill [m3], throughput [m3])" in page
