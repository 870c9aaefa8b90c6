"""Level, area and volume curves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.hydrology.stage_storage import StageStorage

CURVE = StageStorage((186.0, 200.0, 230.0), (2.8e6, 6.0e6, 17.0e6), (0.0, 61.0e6, 400.0e6))


def test_rows_come_back() -> None:
    """The survey's own rows are met exactly."""
    assert CURVE.volume(CURVE.levels) == pytest.approx(CURVE.volumes)
    assert CURVE.area(CURVE.levels) == pytest.approx(CURVE.areas)
    assert CURVE.area_at_volume(61.0e6) == pytest.approx(6.0e6)


@given(st.floats(186.0, 230.0), st.floats(186.0, 230.0))
def test_monotone_and_inverse(level: float, other: float) -> None:
    """Higher is never less water, and level undoes volume."""
    assert CURVE.level(CURVE.volume(level)) == pytest.approx(level, abs=1e-9)
    assert (CURVE.volume(level) <= CURVE.volume(other)) or level > other


@pytest.mark.parametrize("level", [185.9, 230.1, float("nan")])
def test_outside_the_table_is_refused(level: float) -> None:
    """Nothing is extrapolated in silence."""
    with pytest.raises(InputError, match="allowed: 186 to 230"):
        CURVE.volume(level)


def test_all_faults_of_a_table_at_once() -> None:
    """Falling levels, a negative area and a repeated volume are each named."""
    with pytest.raises(InputError) as caught:
        StageStorage((2.0, 1.0, 3.0), (-1.0, 2.0, 3.0), (0.0, 0.0, 1.0))
    assert [finding.what for finding in caught.value.findings] == [
        "levels do not rise at row 2", "an area is negative", "volumes do not rise at row 2",
    ]  # fmt: skip
    with pytest.raises(InputError, match="not complete"):
        StageStorage((1.0,), (1.0,), (1.0,))
