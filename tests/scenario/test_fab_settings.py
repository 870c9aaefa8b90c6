"""A semiconductor fab in a scenario file: lines by date, towers, and what is wrong told at its line."""

from pathlib import Path

import pytest

import waterbalance as wb
from waterbalance.errors import InputError

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
    folder.mkdir()
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
        ("layers: 100000", "layers: -1", "a line has layers of zero or more"),
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
