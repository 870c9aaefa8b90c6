"""FAO-33 and the curve of a shortage's damage, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from waterbalance.errors import InputError
from waterbalance.hydrology.yield_response import DamagePart, marginal_damage, relative_yield
from waterbalance.network.components.irrigation_zone import IrrigationZone


def test_stages_multiply() -> None:
    """A fifth less in mid-season at Ky 1.32 and a tenth less late at 0.5: (1 - 0.264) x (1 - 0.05)."""
    actual, potential = np.array([[100.0], [100.0], [80.0], [90.0]]), np.full((4, 1), 100.0)
    assert relative_yield(actual, potential, (1.0, 1.09, 1.32, 0.5)) == pytest.approx([0.736 * 0.95])
    assert relative_yield([0.0, 50.0], [0.0, 50.0], (1.2, 1.2)) == pytest.approx(1.0)
    assert relative_yield([0.0], [50.0], (1.2,)) == 0.0
    assert relative_yield(actual, potential, (1.1,)) == pytest.approx([1.0 - 1.1 * 30.0 / 400.0])


def test_a_curve_that_steepens_keeps_its_parts() -> None:
    """Damage 10, 30, 90 at 25, 50, 100 % of 200 m3: 0.2, 0.4 and 0.6 a cubic metre."""
    parts = marginal_damage([0.0, 0.25, 0.5, 1.0], [0.0, 10.0, 30.0, 90.0], 200.0)
    assert parts == (DamagePart(0.0, 0.2), DamagePart(0.25, pytest.approx(0.4)), DamagePart(0.5, pytest.approx(0.6)))


def test_a_curve_that_flattens_becomes_one_part() -> None:
    """A crop that is lost at half of its water: 90 and 90; the straight line to the end stands for all."""
    assert marginal_damage([0.0, 0.5, 1.0], [0.0, 90.0, 90.0], 100.0) == (DamagePart(0.0, pytest.approx(0.9)),)


@given(st.lists(st.floats(0.0, 50.0), min_size=2, max_size=8))
@example([7.986200751893192] * 4)
def test_the_parts_are_a_curve_that_a_zone_takes(steps: list[float]) -> None:
    """Below every point, equal at both ends, and rising."""
    shares, costs = np.linspace(0.0, 1.0, len(steps) + 1), np.concatenate([[0.0], np.cumsum(steps)])
    parts = marginal_damage(shares, costs, 1000.0)
    ends = [*(part.beyond for part in parts[1:]), 1.0]
    told = np.concatenate(
        [[0.0], np.cumsum([part.value * 1000.0 * (end - part.beyond) for part, end in zip(parts, ends, strict=True)])]
    )
    assert (np.interp(shares, [0.0, *ends], told) <= costs + 1e-6).all()
    assert told[-1] == pytest.approx(costs[-1])
    rows = [{"beyond": part.beyond, "value": part.value} for part in parts]
    zone = IrrigationZone(name="zone", area=1.0e6, marginal_damage=rows)
    assert len(zone.marginal_damage) == len(parts)


def test_faulty_curves_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        marginal_damage([0.1, 1.0], [5.0, 1.0], 0.0)
    assert [str(finding).split(";")[0] for finding in caught.value.findings] == [
        "the shares of a shortage do not rise from 0 to 1", "the damage does not rise with the shortage",
        "no demand that could lack",
    ]  # fmt: skip
