"""Two days of the drought spring in `scenarios/kaohsiung`, over the start of a ten-day period."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from waterbalance.operate.rolling.simulate_into import simulation_csv

START, END = dt.date(2021, 2, 10), dt.date(2021, 2, 11)
LAST_DAY = dt.date(2021, 3, 20)
"""Each day plans ahead to here: what a day hands to the next is the same as with a season ahead, and needs less time."""

LIGHTS = "tainan_drought_lights"


def test_stopped_and_resumed_it_ends_with_the_same_bytes_and_sound_books(tmp_path: Path) -> None:
    scenario = wb.read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung")
    scenario = replace(scenario, horizon=scenario.horizon.model_copy(update={"last_day": LAST_DAY, "daily_steps": 4}))
    whole = wb.simulate(scenario, START, END)
    assert whole.findings == ()
    applied = whole.applied
    # The record is a mean over ten days: 1 to 10 and 11 to 20 February.
    inflow = applied.givens["zengwen", "inflow"]
    assert inflow[0] != inflow[1]
    before = scenario.observations["zengwen", "storage"]
    assert applied.opening.stocks["zengwen", "storage"] == pytest.approx(before.values[before.dates.index(dt.date(2021, 2, 1))])
    assert np.isfinite(whole.to_frame()["value"]).all()
    # What was decided before goes on: orange since January, a fallowed crop, canals that are full and are not filled again.
    assert applied.values[LIGHTS, "stage"] == pytest.approx(3)
    assert applied.values["tainan_households", "shortage"] == pytest.approx(0.093 * applied.givens["tainan_households", "demand"])
    assert applied.values["chianan_first_crop", "spared"] == pytest.approx(applied.givens["chianan_first_crop", "demand"])
    assert applied.values["chianan_main_canal", "running"] == pytest.approx(1)
    assert applied.values["chianan_main_canal", "filling"] == pytest.approx(0, abs=1e-3)
    # The cap on Nanhua, and what the Qishan River has beyond what the fields keep: nothing.
    assert applied.values["nanhua_raw_main", "inflow"].max() <= 533_001
    assert applied.values["jiaxian_tunnel", "inflow"] == pytest.approx(0, abs=1)

    def press(done: dt.date) -> None:
        if done == START:
            raise KeyboardInterrupt

    checkpoint = tmp_path / "checkpoint.jsonl"
    with pytest.raises(KeyboardInterrupt):
        wb.simulate(scenario, START, END, checkpoint=checkpoint, on_day=press)
    resumed = wb.simulate(scenario, START, END, checkpoint=checkpoint, resume=True)
    assert simulation_csv(resumed) == simulation_csv(whole)
