"""Lights of supply areas: today, ahead, against last night, and why; on lakes whose storages are easily followed."""

import datetime as dt
from pathlib import Path

import pytest

import waterbalance as wb
from drought_scenarios import BY_CHOICE, falling_lake
from two_lakes import plan_two_lakes
from waterbalance.operate.planning.expected import expected_of
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.report.drought_light import LIGHTS
from waterbalance.report.language import LANGUAGES, Wording
from waterbalance.report.light_words import change_words, reason_words
from waterbalance.report.lights import lights_of


def march(day: int) -> dt.date:
    return dt.date(2021, 3, day)


def test_a_drought_rule_tells_its_stages_with_their_reasons(tmp_path: Path) -> None:
    """Orange was announced on 4 March for five days at least; then the full lake lifts it stage by stage."""
    planned = plan_scenario(falling_lake(tmp_path / "lake"))
    (lights,) = lights_of(planned)
    assert (lights.area, lights.announced, lights.reservoirs, lights.before, lights.change) == (
        "lights",
        True,
        ("lake",),
        None,
        0,
    )
    told = [(each.first, each.last, each.light, each.because) for each in lights.spells]
    assert told == [
        (march(5), march(8), "orange", "too soon"),
        (march(9), march(13), "yellow", "reached"),
        (march(14), march(19), "blue", "reached"),
        (march(20), march(31), "yellow", "below"),
    ]
    reached, below = lights.spells[1], lights.spells[3]
    assert (reached.limit, dict(reached.shares)) == (500_000, {"severe_curve": 1.0})
    assert (below.limit, dict(below.shares)) == (700_000, {"lower_curve": 1.0})
    storage = planned.plan.values["lake", "storage"]
    assert below.stored == pytest.approx(storage[14])
    assert below.stored is not None
    assert below.stored < 700_000 <= storage[13]
    assert lights.on(march(10)) == reached
    assert lights.on(march(1)) is None
    # Yellow was announced on the 3rd and orange on the 4th, two days ahead each.
    assert (lights.in_force, lights.in_force_from) == (1, march(6))


def test_the_change_since_last_night(tmp_path: Path) -> None:
    planned = plan_scenario(falling_lake(tmp_path / "lake"))
    (same,) = lights_of(planned, planned.plan)
    assert (same.before, same.change) == (2, 0)
    falling_lake(tmp_path / "other")
    text = (tmp_path / "other" / "scenario.yaml").read_text(encoding="utf-8").replace(", {since: 2021-03-04, stage: orange}", "")
    (tmp_path / "other" / "scenario.yaml").write_text(text, encoding="utf-8")
    milder = plan_scenario(wb.read_scenario(tmp_path / "other"))
    (worse,) = lights_of(planned, milder.plan)
    assert (worse.before, worse.change) == (1, 1)
    (better,) = lights_of(milder, planned.plan)
    assert (better.before, better.change) == (2, -1)


def test_stages_that_a_plan_chooses(tmp_path: Path) -> None:
    (lights,) = lights_of(plan_scenario(falling_lake(tmp_path / "lake", BY_CHOICE)))
    assert lights.reservoirs == ()
    assert {each.because for each in lights.spells} == {"damage"}
    assert lights.today.light == "orange"


def test_curves_without_announcements(tmp_path: Path) -> None:
    """The rule reads upper_lake: its own light is not told twice. The pond has no curve."""
    planned = plan_two_lakes(tmp_path)
    (lights,) = lights_of(planned, planned.plan)
    assert (lights.area, lights.announced, lights.reservoirs, lights.change) == ("hedging", False, ("upper_lake",), 0)
    for spell in lights.spells:
        # Between 23.5 and 21 Mm3 the band is 2.5 Mm3: green to 23.25, yellow to 22.25, orange to 21.
        assert spell.stored is not None
        limits = [23.5e6, 23.25e6, 22.25e6, 21e6]
        assert LIGHTS[sum(spell.stored < limit - 1 for limit in limits)] == spell.light
        assert spell.number == LIGHTS.index(spell.light)
    assert [each.light for each in lights.spells[:3]] == ["blue", "green", "yellow"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_words(tmp_path: Path, language: str) -> None:
    planned = plan_scenario(falling_lake(tmp_path / "lake"))
    (lights,) = lights_of(planned, planned.plan)
    say, network = Wording(language), planned.scenario.network  # type: ignore[arg-type]
    assert "2021" in change_words(say, lights, network)
    told = [reason_words(say, lights, each, network) for each in lights.spells]
    assert len(set(told)) == 4
    expected = {"en": "lake: 686,000 m³ on 20 Mar 2021, below lower curve (700,000 m³).", "zh-TW": "低於"}
    assert expected[language] in told[3]


@pytest.mark.parametrize("rung", [4, 5])
def test_plans_of_the_last_rungs_have_lights_too(tmp_path: Path, rung: int) -> None:
    scenario = falling_lake(tmp_path / "lake")
    full = plan_scenario(scenario)
    state, expected = expected_of(scenario)
    late = LadderSettings(kept_back=0.99999)
    laddered = plan_by_ladder(scenario, state, expected, late, seconds=60.0, previous=full.plan if rung == 4 else None)
    assert laddered.rung == rung
    (lights,) = lights_of(laddered.planned, full.plan)
    assert (lights.today.light, lights.before, lights.change) == ("orange", 2, 0)
