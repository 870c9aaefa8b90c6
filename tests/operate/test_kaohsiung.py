"""A few days of the drought spring in `scenarios/kaohsiung`, over the start of a ten-day period."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from waterbalance.operate.simulate_into import simulation_csv

START, END = dt.date(2021, 2, 9), dt.date(2021, 2, 12)


def test_stopped_and_resumed_it_ends_with_the_same_bytes_and_sound_books(tmp_path: Path) -> None:
    scenario = wb.read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung")
    whole = wb.simulate(scenario, START, END)
    assert whole.findings == ()
    inflow = whole.applied.givens["zengwen", "inflow"]
    # The record is a mean over ten days: 1 to 10 and 11 to 20 February.
    assert inflow[0] == inflow[1] != inflow[2] == inflow[3]
    before = scenario.observations["zengwen", "storage"]
    assert whole.applied.opening.stocks["zengwen", "storage"] == pytest.approx(
        before.values[before.dates.index(dt.date(2021, 2, 1))]
    )
    assert np.isfinite(whole.to_frame()["value"]).all()

    def press(done: dt.date) -> None:
        if done == dt.date(2021, 2, 11):
            raise KeyboardInterrupt

    checkpoint = tmp_path / "checkpoint.jsonl"
    with pytest.raises(KeyboardInterrupt):
        wb.simulate(scenario, START, END, checkpoint=checkpoint, on_day=press)
    resumed = wb.simulate(scenario, START, END, checkpoint=checkpoint, resume=True)
    assert simulation_csv(resumed) == simulation_csv(whole)
