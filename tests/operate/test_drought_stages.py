"""Drought stages from day to day: announced in the morning, kept through the day, handed over with their dates."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from drought_scenarios import BY_CHOICE, BY_CURVE, START, falling_lake
from waterbalance.operate.rolling.simulation import Simulation
from waterbalance.plan.audit import audit

END = START + dt.timedelta(days=17)


def stages(found: Simulation) -> list[int]:
    return found.applied.values["lights", "stage"].round().astype(int).tolist()


def test_stages_by_a_curve_are_those_of_a_keeper_who_follows_the_rule(tmp_path: Path) -> None:
    found = wb.simulate(falling_lake(tmp_path / "scenario", last="yellow"), START, END)
    assert found.findings == ()
    # Yellow since the day before the last one: the last change lies two days back.
    stage, changed, expected = 1, -2, []
    storages = [900_000, *found.applied.values["lake", "storage"][:-1]]
    for day, storage in enumerate(storages):
        wanted = int(storage < 700_000) + int(storage < 500_000)
        if wanted != stage and day - changed >= 5:
            stage, changed = stage + (1 if wanted > stage else -1), day
        expected.append(stage)
    assert stages(found) == expected
    assert set(expected) == {0, 1, 2}
    # In force two days after the announcement; the town is cut by a tenth or a fifth from then on.
    in_force = [1, 1, *expected[:-2]]
    delivered = [20_000 * (1.0, 0.9, 0.8)[number] for number in in_force]
    assert found.applied.values["town", "delivery"] == pytest.approx(delivered, abs=1)


@pytest.mark.parametrize("rule", [BY_CURVE, BY_CHOICE])
def test_a_day_keeps_the_stage_that_its_plan_announced(tmp_path: Path, rule: str) -> None:
    scenario = falling_lake(tmp_path / "scenario", rule, storage=560_000)
    found = wb.simulate(scenario, START, END)
    assert found.findings == ()
    changes = np.flatnonzero(np.diff([2, *stages(found)]))
    # The last change before lies one day back, so that none may follow on the first four days.
    assert len(changes) > 0
    assert changes.min() >= 4
    assert (np.diff(changes) >= 5).all()
    assert np.abs(np.diff(stages(found))).max() == 1


def test_a_choice_made_in_the_morning_holds_although_the_day_looks_no_further(tmp_path: Path) -> None:
    """Planned over the season yellow pays from the first day; a day alone would announce nothing."""
    scenario = falling_lake(tmp_path / "scenario", BY_CHOICE, storage=560_000, last="blue")
    planned = wb.plan_scenario(scenario).plan
    found = wb.simulate(scenario, START, START)
    assert planned.values["lights", "stage"][0] == 0
    later = wb.simulate(scenario, START, START + dt.timedelta(days=6))
    alone = wb.simulate(scenario, START, START + dt.timedelta(days=6), myopic=True)
    assert found.findings == later.findings == alone.findings == ()
    assert max(stages(later)) > 0
    assert stages(alone) == [0] * 7


def test_a_simulation_that_goes_on_is_the_one_that_never_stopped(tmp_path: Path) -> None:
    scenario, file = falling_lake(tmp_path / "scenario"), tmp_path / "checkpoint.jsonl"
    whole = wb.simulate(scenario, START, END)
    wb.simulate(scenario, START, START + dt.timedelta(days=8), checkpoint=file)
    resumed = wb.simulate(scenario, START, END, checkpoint=file, resume=True)
    assert stages(resumed) == stages(whole)
    assert resumed.findings == ()
    assert audit(resumed.applied, scenario.network) == ()
