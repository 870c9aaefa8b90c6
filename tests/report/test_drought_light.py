"""Every border between two lights."""

import pytest

from waterbalance.report.drought_light import LIGHTS, drought_light, worst


@pytest.mark.parametrize(
    ("storage", "light"),
    [
        (100.0, "blue"),
        (99.9, "green"),
        (94.0, "green"),
        (93.9, "yellow"),
        (70.0, "yellow"),
        (69.9, "orange"),
        (40.0, "orange"),
        (39.9, "red"),
    ],
)
def test_borders(storage: float, light: str) -> None:
    assert drought_light(storage, lower_curve=100.0, severe_curve=40.0) == light


def test_a_storage_that_the_solver_leaves_a_hair_below_its_curve_is_blue() -> None:
    assert drought_light(100.0 - 1e-8, 100.0, 40.0) == "blue"


def test_curves_that_touch_leave_only_blue_and_red() -> None:
    assert [drought_light(storage, 50.0, 50.0) for storage in (50.0, 49.0)] == ["blue", "red"]


def test_worst() -> None:
    assert worst(["green", "red", "blue"]) == "red"
    assert worst(list(LIGHTS)) == LIGHTS[-1]
